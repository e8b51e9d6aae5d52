"""Makes the rollups anew from the ledger, a month at a time, while everything else goes on."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone

from conversations.models import Generation, RollupZone, UsageRollup
from conversations.models.generation import GenerationQuerySet
from conversations.models.status import FINAL
from conversations.usage.cells import cells_of, ledger_values, rollups_of
from conversations.usage.folding import add_to_rollups, folding, write_rollups

ROWS_AT_ONCE = 5000
# The axes that name people.
_PERSONAL = ("", "user")


def rebuild(say: Callable[[str], None] = lambda line: None) -> int:
    """Replaces every rollup by what the ledger says; returns how many requests that were."""
    # A month that the ledger does not have (any more) has no rollups.
    months = _months(Generation.objects.all())
    UsageRollup.objects.exclude(day__gte=months[0] if months else date.max).delete()
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
        UsageRollup.objects.filter(axis__in=_PERSONAL, user_name__in=both).delete()
        theirs = Generation.objects.filter(user_name__in=both, rolled_up=True)
        cells = cells_of(ledger_values(theirs).iterator(ROWS_AT_ONCE))
        add_to_rollups(rollups_of(cells, _PERSONAL))


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
    begin, end = (_midnight(day) for day in (month, _after(month)))
    ended = Generation.objects.filter(created_at__gte=begin, created_at__lt=end, status__in=FINAL)
    with folding():
        UsageRollup.objects.filter(day__gte=month, day__lt=_after(month)).delete()
        # Marked first: what ends while we read is not in it, and will be folded like everything else.
        ended.filter(rolled_up=False).update(rolled_up=True)
        cells = cells_of(ledger_values(ended.filter(rolled_up=True)).iterator(ROWS_AT_ONCE))
        write_rollups(rollups_of(cells))
    return sum(sums.requests for sums in cells.values())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
