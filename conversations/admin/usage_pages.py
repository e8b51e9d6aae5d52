"""The usage page and the ledger's CSV: the same filters in the address, the same rows behind both."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from conversations.admin.site import may_see_usage
from conversations.admin.usage_charts import by_name, by_status, over_time
from conversations.models import OfferedModel
from conversations.usage import Group, Selection, UsageForm, break_down, by_period, csv_chunks

# Suggestions for the person and model boxes; both take any text.
MOST_SUGGESTIONS = 200
# A table on a page; the CSV has the rest.
MOST_GROUPS = 100


@require_safe
def usage_page(request: HttpRequest) -> HttpResponse:
    """Sums, tables and charts; 400 with the reasons when the address makes no sense."""
    _check(request)
    form = UsageForm(request.GET)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": "Usage",
        "form": form,
        "people": User.objects.order_by("username").values_list("username", flat=True)[:MOST_SUGGESTIONS],
        "models": _known_models(),
        "zone": timezone.get_current_timezone_name(),
    }
    if not form.is_valid():
        return TemplateResponse(request, "admin/usage.html", context, status=400)
    context |= _figures(form.selection())
    return TemplateResponse(request, "admin/usage.html", context)


@require_safe
def usage_csv(request: HttpRequest) -> HttpResponseBase:
    """The selected ledger rows, streamed; 400 with the reasons in plain text."""
    _check(request)
    form = UsageForm(request.GET)
    if not form.is_valid():
        return HttpResponse("\n".join(form.sentences()), status=400, content_type="text/plain; charset=utf-8")
    response = StreamingHttpResponse(
        csv_chunks(form.selection().rows()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="usage.csv"'
    return response


def _check(request: HttpRequest) -> None:
    if not may_see_usage(request):
        raise PermissionDenied


def _known_models() -> list[str]:
    listed = OfferedModel.objects.order_by("model_id").values_list("model_id", flat=True)
    return list(listed.distinct()[:MOST_SUGGESTIONS])


def _figures(selection: Selection) -> dict[str, Any]:
    rows = selection.rows()
    sums = break_down(rows)
    unit, periods = by_period(selection, rows)
    return {
        "query": selection.query(),
        "presets": _presets(selection),
        "whole": sums.whole,
        "unit": unit,
        "periods": [group for group in reversed(periods) if group.sums.requests],
        "period_chart": over_time(periods),
        "tables": [
            _table("model", "Model", sums.models, selection),
            _table("user", "Person", sums.people, selection),
        ],
        "outcomes": sums.outcomes,
        "outcome_chart": by_status(sums.outcomes),
    }


def _table(name: str, title: str, groups: list[Group], selection: Selection) -> dict[str, Any]:
    shown = groups[:MOST_GROUPS]
    links = [f"?{selection.query(**{name: group.key})}" if group.key else "" for group in shown]
    return {
        "title": title,
        "id": f"by-{name}",
        "rows": list(zip(shown, links, strict=True)),
        "left_out": len(groups) - len(shown),
        "chart": by_name(groups),
    }


def _presets(selection: Selection) -> list[tuple[str, str, bool]]:
    """(name, address's query, is it what is shown) for the usual spans of time."""
    today = timezone.localdate()
    spans = [
        ("Today", today, None),
        ("7 days", today - timedelta(days=6), None),
        ("30 days", today - timedelta(days=29), None),
        ("This month", today.replace(day=1), None),
        ("Everything", None, None),
    ]
    now = (selection.since, selection.until)
    return [
        (name, selection.query(**{"from": since, "to": until}), now == (since, until))
        for name, since, until in spans
    ]
