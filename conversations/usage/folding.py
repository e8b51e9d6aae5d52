"""Adds requests that have ended to the rollups: each exactly once, whoever does it and whatever dies.

Adding and marking are one transaction, and of several processes one folds at a time: it reads sums, adds,
and writes them back.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F

from conversations.models import Generation, RollupZone, UsageRollup
from conversations.models.generation import GenerationQuerySet
from conversations.models.status import FINAL
from conversations.models.writing import writing
from conversations.usage.cells import Place, Rollup, cells_of, ledger_values, rollups_of
from conversations.usage.sums import COUNTS, SPREADS

# Requests in one transaction: a second writer of SQLite waits for a few tenths of a second at most.
AT_ONCE = 1000
# Any number: what those who fold agree on (PostgreSQL advisory lock).
FOLDING_LOCK = 7_203_412
_SUMS = [*COUNTS, "cost", *SPREADS]
_KEYS_AT_ONCE = 400
_TABLE = UsageRollup._meta.db_table
_COLUMNS = ["key", "level", "axis", *Place._fields, *_SUMS]


@contextmanager
def folding() -> Iterator[None]:
    """A transaction in which nobody else changes the rollups. SQLite has one writer anyway."""
    with writing():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOLDING_LOCK])
        yield
        _note_change()


def changes() -> int:
    """Grows whenever rows move from the ledger's loose ones into the rollups."""
    return RollupZone.objects.filter(pk=1).values_list("changes", flat=True).first() or 0


def _note_change() -> None:
    if not RollupZone.objects.filter(pk=1).update(changes=F("changes") + 1):
        RollupZone.objects.create(pk=1, name=settings.TIME_ZONE, changes=1)


def hold_folding_off() -> None:
    """Within a transaction: until its end rows and rollups stay as they are to each other."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [FOLDING_LOCK])


def fold(at_most: int = AT_ONCE) -> list[UUID]:
    """Adds what has ended and is not in the rollups yet, the oldest first; returns the requests' ids."""
    if not _waiting().exists():
        return []
    with folding():
        rows = list(ledger_values(_waiting().order_by("created_at"))[:at_most])
        ids: list[UUID] = [row[0] for row in rows]
        add_to_rollups(rollups_of(cells_of(rows)))
        Generation.objects.filter(pk__in=ids).update(rolled_up=True)
    return ids


def _waiting() -> GenerationQuerySet:
    return Generation.objects.filter(rolled_up=False, status__in=FINAL)


def add_to_rollups(more: list[Rollup]) -> None:
    """Within `folding`: makes the rows that are missing, adds to those that are there."""
    for start in range(0, len(more), _KEYS_AT_ONCE):
        part = more[start : start + _KEYS_AT_ONCE]
        there = {row["key"]: row for row in _stored(rollup.key for rollup in part)}
        for rollup in part:
            if row := there.get(rollup.key):
                rollup.sums.add_rollup(row)
                rollup.sums.add_spreads(row, SPREADS)
        write_rollups(part)


def _stored(keys: Iterable[str]) -> Iterable[dict[str, Any]]:
    found = UsageRollup.objects.filter(key__in=list(keys)).values("key", "currency", *_SUMS)
    return list(found)


def write_rollups(rollups: Iterable[Rollup]) -> None:
    """Within `folding`: writes whole rows, over what was there. By SQL: the ORM takes four times as long."""
    said = ", ".join(f"{name} = excluded.{name}" for name in _SUMS)
    values = ", ".join(["%s"] * len(_COLUMNS))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {_TABLE} ({', '.join(_COLUMNS)}) VALUES ({values}) "  # noqa: S608 (names of ours)
            f"ON CONFLICT (key) DO UPDATE SET {said}",
            [_values(rollup) for rollup in rollups],
        )


def write_new_rollups(rollups: Iterable[Rollup]) -> None:
    """Within `folding`: the same where none of them is there; on PostgreSQL in one stream."""
    if connection.vendor != "postgresql":
        write_rollups(rollups)
        return
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {_TABLE} ({', '.join(_COLUMNS)}) FROM STDIN") as copy,
    ):
        for rollup in rollups:
            copy.write_row(_values(rollup))


def _values(rollup: Rollup) -> tuple[Any, ...]:
    sums = rollup.sums.columns()
    day = connection.ops.adapt_datefield_value(rollup.place.day)
    rest = (sums[name] for name in _SUMS)
    return (rollup.key, rollup.level, rollup.axis, day, *rollup.place[1:], *rest)
