"""The audit log in the admin, and as a file: looked at, searched, never edited."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from conversations.admin import audit_words
from conversations.admin.readonly import ReadOnlyAdmin
from conversations.models import AuditEntry
from conversations.usage import table_chunks
from conversations.usage.ledger_csv import LINES_AT_ONCE

_HEADS = ("when", "kind", "who", "about", "detail", "from")
_COLUMNS = ("created_at", "kind", "actor_name", "about", "detail", "address")


class AuditAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "actor_name", "told_about", "told_detail", "address")
    list_filter = ("created_at", "kind")
    search_fields = ("actor_name", "about", "detail", "address")
    ordering = ("-created_at", "-id")
    fields = ("created_at", "kind", "actor_name", "told_about", "told_detail", "address")
    change_list_template = "admin/audit_list.html"

    @admin.display(description=gettext_lazy("about"), ordering="about")
    def told_about(self, entry: AuditEntry) -> str:
        return audit_words.about(entry)

    @admin.display(description=gettext_lazy("detail"), ordering="detail")
    def told_detail(self, entry: AuditEntry) -> str:
        return audit_words.detail(entry)


class AuditForm(forms.Form):
    q = forms.CharField(required=False, max_length=200)
    kind = forms.ChoiceField(required=False, choices=[("", ""), *AuditEntry.Kind.choices])

    def add_prefix(self, field_name: str) -> str:
        # As the admin's list names its filter.
        return {"kind": "kind__exact"}.get(field_name, field_name)


@require_safe
def audit_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole log or what is searched for, oldest first, streamed."""
    if not request.user.has_perm("conversations.view_auditentry"):
        raise PermissionDenied
    form = AuditForm(request.GET)
    if not form.is_valid():
        return HttpResponse(gettext("There is no such kind of entry."), status=400, content_type="text/plain")
    rows = _found(form.cleaned_data["q"], form.cleaned_data["kind"])
    pages = table_chunks(_HEADS, _lines(rows))
    response = StreamingHttpResponse(pages, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


def _found(words: str, kind: str) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.order_by("created_at", "id")
    for word in words.split():
        names = ("actor_name", "about", "detail", "address")
        rows = rows.filter(Q(*((f"{name}__icontains", word) for name in names), _connector=Q.OR))
    return rows.filter(kind=kind) if kind else rows


def _lines(rows: QuerySet[AuditEntry]) -> Iterator[tuple[Any, ...]]:
    return rows.values_list(*_COLUMNS).iterator(LINES_AT_ONCE)
