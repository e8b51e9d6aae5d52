"""Rows of the ledger → the cells of the rollups that they belong to. Nothing here is written."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Func
from django.utils import timezone

from conversations.models import UsageRollup
from conversations.usage.selection import MODEL
from conversations.usage.sums import STEP, Spent, Sums

# What a rollup's axis keeps of a request; "" keeps everything.
DIMENSIONS = ("user_name", "provider_name", "model", "purpose", "status", "reason")
AXES: dict[str, tuple[str, ...]] = {
    "": DIMENSIONS,
    "total": (),
    "user": ("user_name",),
    "provider": ("provider_name",),
    "model": ("model",),
    "purpose": ("purpose",),
    "outcome": ("status", "reason"),
    # All but the people: what is crossed there has few cells, however many people there are.
    "nameless": DIMENSIONS[1:],
    # Who, of one server, purpose or outcome: a page with one filter reads no more than one with none.
    "u_provider": ("user_name", "provider_name"),
    "u_purpose": ("user_name", "purpose"),
    "u_outcome": ("user_name", "status", "reason"),
}
PERSONAL = tuple(axis for axis, kept in AXES.items() if "user_name" in kept)
# What each is added up from: the fewer cells the better.
_MADE_OF = {"user": "u_provider"} | dict.fromkeys(
    ("total", "provider", "model", "purpose", "outcome"), "nameless"
)
# Clocks of all zones are apart by whole quarters of an hour, and jump at their beginnings.
QUARTER = 900
STEPS = int(1 / STEP)


class Place(NamedTuple):
    """Where a cell stands: a day and what its requests share."""

    day: date
    user_name: str
    provider_name: str
    model: str
    purpose: str
    status: str
    reason: str
    currency: str


Cells = dict[Place, Sums]


def cells_of(rows: Iterable[tuple[Any, ...]]) -> Cells:
    """The finest cells: each request of `ledger_values` in the cell of its day."""
    cells: Cells = {}
    known: dict[int, tuple[date, int]] = {}
    for _, quarter, error_kind, finish_reason, user, provider, model, purpose, status, *spent in rows:
        day, hour = known.get(quarter) or known.setdefault(quarter, _local(quarter))
        row = Spent(*spent)
        reason = error_kind or finish_reason
        place = Place(day, user, provider, model, purpose, status, reason, row.currency)
        sums = cells.get(place)
        if sums is None:
            sums = cells[place] = Sums()
        sums.add_request(row, hour=hour)
    return cells


def _local(quarter: int) -> tuple[date, int]:
    moment = datetime.fromtimestamp(quarter * QUARTER, timezone.get_default_timezone())
    return moment.date(), moment.hour


def ledger_values(rows: Any) -> Any:
    """What `cells_of` needs of a queryset of the ledger; the row's id comes first."""
    return rows.annotate(asked_model=MODEL, quarter=_Quarter("created_at"), steps=_Steps("cost")).values_list(
        "id", "quarter", "error_kind", "finish_reason",
        "user_name", "provider_name", "asked_model", "purpose", "status",
        "currency", "source", "steps", "ttft_ms", "duration_ms",
        "prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens", "reasoning_tokens",
    )  # fmt: skip


class _Quarter(Func):
    """Quarters of an hour since 1970: a number costs less than a moment, a million times."""

    output_field = BigIntegerField()
    template = f"FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / {QUARTER})::bigint"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = f"CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / {QUARTER}"
        return super().as_sql(compiler, connection, template=template, **context)


class _Steps(Func):
    """An amount in the ledger's smallest steps. (SQLite keeps decimals as floating numbers.)"""

    output_field = BigIntegerField()
    template = f"(%(expressions)s * {STEPS})::bigint"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = f"CAST(ROUND(%(expressions)s * {STEPS}) AS INTEGER)"
        return super().as_sql(compiler, connection, template=template, **context)


@dataclass(frozen=True, slots=True)
class Rollup:
    """A row of the rollups that is not written yet."""

    key: str
    level: int
    axis: str
    place: Place
    sums: Sums


def rollups_of(cells: Cells, axes: Iterable[str] = tuple(AXES)) -> list[Rollup]:
    """The rollups of these cells, by day and by month, along each axis."""
    return [*day_rollups(cells, axes), *month_rollups(by_month(cells), axes)]


def day_rollups(cells: Cells, axes: Iterable[str] = tuple(AXES)) -> Iterator[Rollup]:
    yield from _along_all(cells, axes, UsageRollup.Level.DAY)


def month_rollups(months: Cells, axes: Iterable[str] = tuple(AXES)) -> Iterator[Rollup]:
    """Of cells whose days are the first of their months."""
    yield from _along_all(months, axes, UsageRollup.Level.MONTH)


def by_month(cells: Cells) -> Cells:
    return _added(cells, lambda place: place._replace(day=place.day.replace(day=1)))


def _along_all(cells: Cells, axes: Iterable[str], level: int) -> Iterator[Rollup]:
    known = {"": cells}

    def along(axis: str) -> Cells:
        if axis not in known:
            known[axis] = _along(along(_MADE_OF.get(axis, "")), axis)
        return known[axis]

    for axis in axes:
        for place, sums in along(axis).items():
            yield Rollup(_key(level, axis, place), level, axis, place, sums)


def _along(cells: Cells, axis: str) -> Cells:
    kept = AXES[axis]
    places = [number for number, name in enumerate(Place._fields) if name in ("day", *kept, "currency")]
    blank = [""] * len(Place._fields)

    def moved(place: Place) -> Place:
        words: list[Any] = blank.copy()
        for number in places:
            words[number] = place[number]
        return Place._make(words)

    return _added(cells, moved)


def _added(cells: Cells, moved: Callable[[Place], Place]) -> Cells:
    found: defaultdict[Place, Sums] = defaultdict(Sums)
    for place, sums in cells.items():
        found[moved(place)].add(sums)
    return dict(found)


def _key(level: int, axis: str, place: Place) -> str:
    words = "\x1f".join([str(level), axis, *map(str, place)])
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=16).hexdigest()
