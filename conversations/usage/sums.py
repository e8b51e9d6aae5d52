"""What a part of the ledger sums up to: tokens, requests, cost; the whole, and by model, person and outcome.

The database reads its rows once and adds them up by everything at once; the few sums that come back are
folded here. Medians come from counts of each time, because SQLite has no percentiles.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum

from conversations.models import Generation
from conversations.models.generation import GenerationQuerySet

_COUNTS: dict[str, Any] = {
    "requests": Count("pk"),
    "prompt": Sum("prompt_tokens", default=0),
    "completion": Sum("completion_tokens", default=0),
    "total": Sum("total_tokens", default=0),
    "cached": Sum("cached_tokens", default=0),
    "reasoning": Sum("reasoning_tokens", default=0),
    "priced": Count("cost"),
    "estimated": Count("pk", filter=Q(source=Generation.Source.ESTIMATED)),
}
_PARTS = ("asked_model", "user_name", "status", "finish_reason", "error_kind", "currency")
# SQLite adds amounts as binary fractions; the ledger has eight decimal places.
_LEDGER_STEP = Decimal("0.00000001")


@dataclass(slots=True)
class Sums:
    """Amounts of different currencies are kept apart: they must not be added."""

    requests: int = 0
    prompt: int = 0
    completion: int = 0
    total: int = 0
    cached: int = 0
    reasoning: int = 0
    priced: int = 0
    estimated: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, row: dict[str, Any]) -> None:
        """Adds one row of the database's sums, which has one currency."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + row[name])
        if row["amount"] is not None:
            before = self.amounts.get(row["currency"], Decimal(0))
            self.amounts[row["currency"]] = before + row["amount"].quantize(_LEDGER_STEP)

    @property
    def unpriced(self) -> int:
        return self.requests - self.priced

    @property
    def cost_text(self) -> str:
        """For people: cents from one unit on, four places below; each currency by itself."""
        return " + ".join(_money(self.amounts[name], name) for name in sorted(self.amounts)) or "unknown"


def _money(amount: Decimal, currency: str) -> str:
    if 0 < amount < Decimal("0.0001"):
        return f"under 0.0001 {currency}"
    return f"{amount:,.{4 if 0 < amount < 1 else 2}f} {currency}"


@dataclass(frozen=True, slots=True)
class Group:
    """The sums of all rows with one label; `key` is its value in the address, "" where it has none."""

    label: str
    sums: Sums
    ttft_ms: float | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Models as asked for, people by the name they had then (deleted ones stay): most tokens first.

    `outcomes`: (status, finish_reason or kind of error, requests), most frequent first.
    """

    whole: Group
    models: list[Group]
    people: list[Group]
    outcomes: list[tuple[str, str, int]]


def break_down(rows: GenerationQuerySet) -> Breakdown:
    """All sums of `rows` (a Selection's)."""
    parts = added_up(rows, *_PARTS)
    model_times, person_times = _times(rows, "asked_model"), _times(rows, "user_name")
    all_times: Counter[int] = Counter()
    for times in model_times.values():
        all_times.update(times)
    return Breakdown(
        Group("All", folded(parts), median(all_times)),
        _groups(parts, "asked_model", model_times),
        _groups(parts, "user_name", person_times),
        _outcomes(parts),
    )


def added_up(rows: GenerationQuerySet, *columns: str) -> list[dict[str, Any]]:
    """The database's sums for each combination of `columns`; `currency` must be among them."""
    found = rows.order_by().values(*columns).annotate(**_COUNTS, amount=Sum("cost"))
    return [dict(values) for values in found]


def folded(parts: Iterable[dict[str, Any]]) -> Sums:
    sums = Sums()
    for part in parts:
        sums.add(part)
    return sums


def _by(parts: Iterable[dict[str, Any]], key: Callable[[dict[str, Any]], Any]) -> dict[Any, Sums]:
    sums: defaultdict[Any, Sums] = defaultdict(Sums)
    for part in parts:
        sums[key(part)].add(part)
    return sums


def _groups(parts: list[dict[str, Any]], column: str, times: dict[str, Counter[int]]) -> list[Group]:
    groups = [
        Group(name or "(none)", sums, median(times.get(name, Counter())), name)
        for name, sums in _by(parts, lambda part: part[column]).items()
    ]
    return sorted(groups, key=lambda group: (-group.sums.total, -group.sums.requests, group.label))


def _outcomes(parts: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    found = _by(parts, lambda part: (part["status"], part["error_kind"] or part["finish_reason"]))
    listed = [(status, reason, sums.requests) for (status, reason), sums in found.items()]
    return sorted(listed, key=lambda outcome: (-outcome[2], outcome[0], outcome[1]))


def _times(rows: GenerationQuerySet, column: str) -> dict[str, Counter[int]]:
    """How often each ttft_ms occurs, for each value of `column`."""
    timed = rows.order_by().filter(ttft_ms__isnull=False)
    times: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for name, milliseconds, often in timed.values_list(column, "ttft_ms").annotate(often=Count("pk")):
        times[name][milliseconds] = often
    return times


def median(times: Counter[int]) -> float | None:
    """The middle one, or the mean of the middle two; None of nothing."""
    size, passed = times.total(), 0
    lower: int | None = None
    for milliseconds in sorted(times):
        passed += times[milliseconds]
        if lower is None and 2 * passed >= size:
            lower = milliseconds
        if lower is not None and 2 * passed > size:
            return (lower + milliseconds) / 2
    return None
