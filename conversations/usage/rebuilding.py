"""Makes the rollups anew from the ledger, some days at a time, while everything else goes on."""

from collections.abc import Callable
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Max, Min, QuerySet
from django.utils import timezone

from conversations.models import Generation, RollupZone, UsageRollup
from conversations.models.generation import GenerationQuerySet
from conversations.models.status import FINAL
from conversations.usage.cells import (
    AXES,
    PERSONAL,
    Cells,
    Place,
    cells_of,
    day_rollups,
    ledger_values,
    month_rollups,
    rollups_of,
)
from conversations.usage.folding import add_to_rollups, folding, write_new_rollups
from conversations.usage.selection import midnight
from conversations.usage.sums import COUNTS, SPREADS, Sums

ROWS_AT_ONCE = 5000
Level = UsageRollup.Level


def rebuild(say: Callable[[str], None] = lambda line: None) -> int:
    """Replaces every rollup by what the ledger says; returns how many requests that were."""
    # A month that the ledger does not have (any more) has no rollups.
    months = _months(Generation.objects.all())
    UsageRollup.objects.exclude(day__gte=months[0] if months else date.max).delete()
    UsageRollup.objects.exclude(axis__in=tuple(AXES)).delete()
    if months:
        UsageRollup.objects.filter(day__gte=_after(months[-1])).delete()
    count = 0
    for month in months:
        count += _rebuild_month(month)
        say(f"{month:%Y-%m}: {count} requests so far")
    RollupZone.objects.update_or_create(pk=1, defaults={"name": settings.TIME_ZONE})
    return count


def rebuild_if_days_moved() -> bool:
    """After a change of TIME_ZONE, days begin at other moments: then all is made anew."""
    zone, made = RollupZone.objects.get_or_create(pk=1, defaults={"name": settings.TIME_ZONE})
    if made or zone.name == settings.TIME_ZONE:
        return False
    rebuild()
    return True


def rename(old: str, new: str, rows: GenerationQuerySet) -> None:
    """Gives `rows` of the person called `old` another name, in the ledger and in the rollups."""
    with folding():
        rows.update(user_name=new)
        both = (old, new)
        UsageRollup.objects.filter(axis__in=PERSONAL, user_name__in=both).delete()
        theirs = Generation.objects.filter(user_name__in=both, rolled_up=True)
        cells = cells_of(ledger_values(theirs).iterator(ROWS_AT_ONCE))
        add_to_rollups(rollups_of(cells, PERSONAL))


def _months(rows: GenerationQuerySet) -> list[date]:
    found = rows.aggregate(first=Min("created_at"), last=Max("created_at"))
    if found["first"] is None:
        return []
    zone = timezone.get_default_timezone()
    month, last = (found[name].astimezone(zone).date().replace(day=1) for name in ("first", "last"))
    months = []
    while month <= last:
        months.append(month)
        month = _after(month)
    return months


def _after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _rebuild_month(month: date) -> int:
    """Some of its days at a time, so that nobody waits long to write; then itself, from those."""
    end = _after(month)
    many = _ended(month, end).count()
    at_once = timedelta(days=max(1, 31 * ROWS_AT_ONCE // max(many, 1)))
    count, day = 0, month
    while day < end:
        count += _rebuild_days(day, min(day + at_once, end))
        day += at_once
    _rebuild_from_days(month, end)
    return count


def _rebuild_days(first: date, end: date) -> int:
    ended = _ended(first, end)
    with folding():
        _made(Level.DAY).filter(day__gte=first, day__lt=end).delete()
        # Marked first: what ends while we read is not in it, and will be folded like everything else.
        ended.filter(rolled_up=False).update(rolled_up=True)
        cells = cells_of(ledger_values(ended.filter(rolled_up=True)).iterator(ROWS_AT_ONCE))
        write_new_rollups(day_rollups(cells))
    return sum(sums.requests for sums in cells.values())


def _rebuild_from_days(month: date, end: date) -> None:
    cells: Cells = {}
    with folding():
        _made(Level.MONTH).filter(day=month).delete()
        rows = UsageRollup.objects.filter(axis="", level=Level.DAY, day__gte=month, day__lt=end)
        for row in rows.values(*Place._fields, *COUNTS, "cost", *SPREADS).iterator(ROWS_AT_ONCE):
            place = Place(month, *(row[name] for name in Place._fields[1:]))
            sums = cells.get(place) or cells.setdefault(place, Sums())
            sums.add_rollup(row)
            sums.add_spreads(row, SPREADS)
        write_new_rollups(month_rollups(cells))


def _made(level: int) -> QuerySet[UsageRollup]:
    # All axes, named: the index begins with them.
    return UsageRollup.objects.filter(axis__in=tuple(AXES), level=level)


def _ended(first: date, end: date) -> GenerationQuerySet:
    span = {"created_at__gte": midnight(first), "created_at__lt": midnight(end)}
    return Generation.objects.filter(**span, status__in=FINAL)
