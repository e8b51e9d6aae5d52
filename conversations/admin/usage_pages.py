"""The usage page, the ledger's CSV and a file of each table: the same filters, the same rows behind all."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.views.decorators.http import require_safe

from conversations.admin.site import may_see_usage
from conversations.admin.usage_report import Report
from conversations.models import OfferedModel, Provider
from conversations.usage import Selection, UsageForm, csv_chunks, table_chunks
from conversations.usage.cube import settled

# Suggestions for the boxes, which take any text.
MOST_SUGGESTIONS = 200


@require_safe
def usage_page(request: HttpRequest) -> HttpResponse:
    """Sums, tables and charts; 400 with the reasons when the address makes no sense."""
    _check(request)
    form = UsageForm(request.GET)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        **_suggestions(),
        "title": gettext("Usage"),
        "form": form,
        "zone": timezone.get_default_timezone_name(),
    }
    if not form.is_valid():
        return TemplateResponse(request, "admin/usage.html", context, status=400)
    selection, shown = form.selection(), form.shown()
    context |= settled(selection, lambda cube: Report(cube, shown).context())
    context |= {
        "query": selection.query(),
        "file_query": selection.query(**shown),
        "presets": _presets(selection, shown),
    }
    return TemplateResponse(request, "admin/usage.html", context)


@require_safe
def usage_csv(request: HttpRequest) -> HttpResponseBase:
    """The selected ledger rows, streamed; 400 with the reasons in plain text."""
    _check(request)
    form = UsageForm(request.GET)
    if not form.is_valid():
        return _wrong(form)
    return _file(csv_chunks(form.selection().rows()), "usage.csv")


@require_safe
def usage_table_csv(request: HttpRequest, name: str) -> HttpResponseBase:
    """One table of the usage page, all of its lines."""
    _check(request)
    form = UsageForm(request.GET)
    if not form.is_valid():
        return _wrong(form)
    shown = form.shown()
    # For programs: the same in every language.
    with override("en"):
        table = settled(form.selection(), lambda cube: Report(cube, shown).table(name))
    if table is None:
        raise Http404(gettext("There is no such table."))
    return _file(table_chunks(table.file_heads, table.file_lines()), f"usage-{name}.csv")


def _file(chunks: AsyncIterator[bytes], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(chunks, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _wrong(form: UsageForm) -> HttpResponse:
    return HttpResponse("\n".join(form.sentences()), status=400, content_type="text/plain; charset=utf-8")


def _check(request: HttpRequest) -> None:
    if not may_see_usage(request):
        raise PermissionDenied


def _suggestions() -> dict[str, list[str]]:
    providers = Provider.objects.order_by("name").values_list("name", flat=True)
    models = OfferedModel.objects.order_by("model_id").values_list("model_id", flat=True).distinct()
    people = User.objects.order_by("username").values_list("username", flat=True)
    return {
        "people": list(people[:MOST_SUGGESTIONS]),
        "groups": list(Group.objects.order_by("name").values_list("name", flat=True)[:MOST_SUGGESTIONS]),
        "providers": list(providers[:MOST_SUGGESTIONS]),
        "models": list(models[:MOST_SUGGESTIONS]),
    }


def _presets(selection: Selection, shown: dict[str, str]) -> list[tuple[str, str, bool]]:
    """(name, address's query, is it what is shown) for the usual spans of time."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    this_month = today.replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    spans = [
        (gettext("Today"), today, None),
        (gettext("7 days"), today - timedelta(days=6), None),
        (gettext("30 days"), today - timedelta(days=29), None),
        (gettext("This month"), this_month, None),
        (gettext("Last month"), last_month, this_month - timedelta(days=1)),
        (gettext("This year"), today.replace(month=1, day=1), None),
        (gettext("Everything"), None, None),
    ]
    now = (selection.since, selection.until)
    return [
        (name, selection.query(**{"from": since, "to": until}, **shown), now == (since, until))
        for name, since, until in spans
    ]
