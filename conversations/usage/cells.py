"""Rows of the ledger → the cells of the rollups that they belong to. Nothing here is written."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils import timezone

from conversations.models import UsageRollup
from conversations.usage.selection import MODEL
from conversations.usage.sums import Sums

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
}
# The columns of the ledger that a cell is made of.
LEDGER = (
    "id", "created_at", "user_name", "provider_name", "purpose", "status", "error_kind", "finish_reason",
    "currency", "source", "cost", "ttft_ms", "duration_ms", "prompt_tokens", "completion_tokens",
    "total_tokens", "cached_tokens", "reasoning_tokens",
)  # fmt: skip


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


def cells_of(rows: Iterable[Mapping[str, Any]]) -> Cells:
    """The finest cells: each request of `ledger_values` in the cell of its day."""
    cells: defaultdict[Place, Sums] = defaultdict(Sums)
    zone = timezone.get_default_timezone()
    for row in rows:
        local = row["created_at"].astimezone(zone)
        place = Place(
            local.date(),
            row["user_name"],
            row["provider_name"],
            row["asked_model"],
            row["purpose"],
            row["status"],
            row["error_kind"] or row["finish_reason"],
            row["currency"],
        )
        cells[place].add_request(row, hour=local.hour)
    return dict(cells)


def ledger_values(rows: Any) -> Any:
    """What `cells_of` needs of a queryset of the ledger."""
    return rows.annotate(asked_model=MODEL).values(*LEDGER, "asked_model")


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
    found: list[Rollup] = []
    for axis in axes:
        days = _along(cells, axis)
        months = _added(days, lambda place: place._replace(day=place.day.replace(day=1)))
        found += _as_rollups(days, UsageRollup.Level.DAY, axis)
        found += _as_rollups(months, UsageRollup.Level.MONTH, axis)
    return found


def _along(cells: Cells, axis: str) -> Cells:
    left_out = dict.fromkeys(set(DIMENSIONS) - set(AXES[axis]), "")
    return _added(cells, lambda place: place._replace(**left_out)) if left_out else cells


def _added(cells: Cells, moved: Any) -> Cells:
    found: defaultdict[Place, Sums] = defaultdict(Sums)
    for place, sums in cells.items():
        found[moved(place)].add(sums)
    return dict(found)


def _as_rollups(cells: Cells, level: int, axis: str) -> Iterator[Rollup]:
    return (Rollup(_key(level, axis, place), level, axis, place, sums) for place, sums in cells.items())


def _key(level: int, axis: str, place: Place) -> str:
    words = "\x1f".join([str(level), axis, *map(str, place)])
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=16).hexdigest()
