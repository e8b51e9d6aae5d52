"""Everybody's own numbers: what they used, what is left of their budgets, who read their conversations."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from conversations import budgets
from conversations.models import Reading
from conversations.usage import Cube, Selection, Sums, by_period, groups_by, outcomes_of, pictures, printed
from conversations.usage.cube import settled
from conversations.usage.sums import TIMES
from conversations.views.pages import SignedInRequest, chat_page

MOST_READINGS = 50


@login_required
@require_safe
def account_usage(request: SignedInRequest) -> HttpResponse:
    """`?span=` month or all; without it, 30 days."""
    span = request.GET.get("span", "")
    selection = Selection(since=_first_day(span), user=request.user.get_username())
    return chat_page(
        request,
        "usage/mine.html",
        spans=_spans(span),
        standings=budgets.standings(request.user),
        readings=Reading.objects.filter(owner=request.user).newest_first()[:MOST_READINGS],
        zone=timezone.get_default_timezone_name(),
        **settled(selection, _figures),
    )


def _figures(cube: Cube) -> dict[str, Any]:
    whole = cube.grouped(spreads=TIMES).get((), Sums())
    days = {day: sums for (day,), sums in cube.grouped("day").items()}
    unit, periods = by_period(cube.selection, days)
    return {
        "whole": whole,
        "first_token": printed.milliseconds(whole.times("ttft").p50),
        "period_table": printed.over_time(unit, periods),
        "period_chart": pictures.over_time(unit, periods),
        "model_table": printed.grouped("model", _("Model"), groups_by(cube, "model"), lambda group: ""),
        "outcome_table": printed.of_outcomes(outcomes_of(cube)),
    }


def _first_day(span: str) -> date | None:
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    if span == "all":
        return None
    return today.replace(day=1) if span == "month" else today - timedelta(days=29)


def _spans(span: str) -> list[tuple[str, str, bool]]:
    """(name, address's query, is it what is shown)"""
    named = [("", _("30 days")), ("month", _("This month")), ("all", _("Everything"))]
    known = span if span in dict(named) else ""
    return [(name, f"?span={value}" if value else "", value == known) for value, name in named]
