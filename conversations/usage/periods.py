"""The same sums by day, month or year, from the first to the last: empty periods are there, as zero."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Max, Min
from django.utils import timezone

from conversations.models.generation import GenerationQuerySet
from conversations.usage.selection import Selection
from conversations.usage.sums import Group, added_up, folded

# A chart of more columns than this is a grey surface.
MOST_PERIODS = 92


def by_period(selection: Selection, rows: GenerationQuerySet) -> tuple[str, list[Group]]:
    """("day", "month" or "year", its sums in their order), in the current time zone; empty without rows."""
    first, last = _span(selection, rows)
    if first is None or last is None:
        return "day", []
    unit = _unit(first, last)
    return unit, [_period(rows, day, unit) for day in _starts(first, last, unit)]


def _period(rows: GenerationQuerySet, start: date, unit: str) -> Group:
    # One range of the index for each period. Cutting each row's time down to its day would run, in SQLite,
    # a Python function for each row: 3.3 s instead of 0.25 s for 200,000, while every stream waits.
    inside = rows.filter(created_at__gte=_midnight(start), created_at__lt=_midnight(_next(start, unit)))
    return Group(_label(start, unit), folded(added_up(inside, "currency")))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _span(selection: Selection, rows: GenerationQuerySet) -> tuple[date | None, date | None]:
    """The days to show: those asked for, as far as that is not decades of nothing."""
    found = rows.aggregate(first=Min("created_at"), last=Max("created_at"))
    if found["first"] is None:
        return None, None
    first, last = timezone.localdate(found["first"]), timezone.localdate(found["last"])
    if selection.since and (first - selection.since).days < MOST_PERIODS:
        first = selection.since
    until = min(selection.until or last, max(last, timezone.localdate()))
    return first, max(last, until)


def _unit(first: date, last: date) -> str:
    days = (last - first).days
    if days < MOST_PERIODS:
        return "day"
    return "month" if days < (MOST_PERIODS - 1) * 30 else "year"


def _starts(first: date, last: date, unit: str) -> Iterator[date]:
    day = first
    if unit != "day":
        day = first.replace(day=1, month=first.month if unit == "month" else 1)
    while day <= last:
        yield day
        day = _next(day, unit)


def _next(day: date, unit: str) -> date:
    if unit == "day":
        return day + timedelta(days=1)
    if unit == "year":
        return day.replace(year=day.year + 1)
    return (day + timedelta(days=31)).replace(day=1)


def _label(day: date, unit: str) -> str:
    return day.isoformat()[: {"day": 10, "month": 7, "year": 4}[unit]]
