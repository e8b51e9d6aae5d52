"""Days, weeks, months and years: which unit fits a span, and the sums of each, empty ones too."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from django.utils import timezone

from conversations.usage.selection import Selection
from conversations.usage.sums import Sums

# A chart of more columns than this is a grey surface.
MOST_PERIODS = 92
UNITS = ("day", "week", "month", "year")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def by_period(
    selection: Selection, days: Mapping[date, Sums], unit: str = ""
) -> tuple[str, list[tuple[date, Sums]]]:
    """(the unit, the sums from the first period to the last); `unit` "" takes the finest that fits.

    A unit that is too fine for the span is coarsened, too.
    """
    if not days:
        return unit or "day", []
    first, last = _span(selection, min(days), max(days))
    unit = _fitting(unit, (last - first).days)
    found: defaultdict[date, Sums] = defaultdict(Sums)
    for day, sums in days.items():
        found[start_of(day, unit)].add(sums)
    return unit, [(start, found.get(start, Sums())) for start in _starts(first, last, unit)]


def _span(selection: Selection, first: date, last: date) -> tuple[date, date]:
    """The days to show: those asked for, as far as that is not decades of nothing."""
    if selection.since and (first - selection.since).days < MOST_PERIODS:
        first = selection.since
    until = min(selection.until or last, max(last, timezone.localdate()))
    return first, max(last, until)


def _fitting(unit: str, days: int) -> str:
    finest = next((name for name in ("day", "month") if days / _DAYS[name] < MOST_PERIODS), "year")
    if not unit:
        return finest
    wanted = UNITS[UNITS.index(unit) :]
    return next((name for name in wanted if days / _DAYS[name] < MOST_PERIODS), "year")


def start_of(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _starts(first: date, last: date, unit: str) -> Iterator[date]:
    day = start_of(first, unit)
    while day <= last:
        yield day
        day = _next(day, unit)


def _next(day: date, unit: str) -> date:
    if unit == "year":
        return day.replace(year=day.year + 1)
    if unit == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=_DAYS[unit])


def label_of(start: date, unit: str) -> str:
    if unit == "week":
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02}"
    return start.isoformat()[: {"day": 10, "month": 7, "year": 4}[unit]]
