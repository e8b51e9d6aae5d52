"""What requests sum up to: how many, how many tokens, what they cost, how long they took."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext

from conversations.figures import exact, rounded
from conversations.usage.spread import Spread, add, add_packed, box_of, count, packed, percentile

COUNTS = ("requests", "estimated", "priced", "prompt", "completion", "total", "cached", "reasoning")
TIMES = ("ttft", "duration", "speed")
SPREADS = (*TIMES, "hours")
# Amounts are whole numbers of the ledger's last decimal place: databases add those exactly.
STEP = Decimal("0.00000001")
# Speeds are kept in tenths of a token per second.
TENTHS = 10


class Spent(NamedTuple):
    """What is counted of one row of the ledger; `steps`: its cost."""

    currency: str
    source: str
    steps: int | None
    ttft_ms: int | None
    duration_ms: int | None
    prompt: int | None
    completion: int | None
    total: int | None
    cached: int | None
    reasoning: int | None


@dataclass(slots=True)
class Sums:
    """Amounts of different currencies are kept apart: they must not be added."""

    requests: int = 0
    estimated: int = 0
    priced: int = 0
    prompt: int = 0
    completion: int = 0
    total: int = 0
    cached: int = 0
    reasoning: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    ttft: Spread = field(default_factory=dict)
    duration: Spread = field(default_factory=dict)
    speed: Spread = field(default_factory=dict)
    hours: Spread = field(default_factory=dict)

    def add(self, other: "Sums") -> None:
        self.requests += other.requests
        self.estimated += other.estimated
        self.priced += other.priced
        self.prompt += other.prompt
        self.completion += other.completion
        self.total += other.total
        self.cached += other.cached
        self.reasoning += other.reasoning
        for currency, steps in other.steps.items():
            self._pay(currency, steps)
        add(self.ttft, other.ttft.items())
        add(self.duration, other.duration.items())
        add(self.speed, other.speed.items())
        add(self.hours, other.hours.items())

    def _pay(self, currency: str, steps: int) -> None:
        self.steps[currency] = self.steps.get(currency, 0) + steps

    def add_request(self, row: "Spent", *, hour: int) -> None:
        """One row of the ledger."""
        self.requests += 1
        self.estimated += row.source == "estimated"
        self.prompt += row.prompt or 0
        self.completion += row.completion or 0
        self.total += row.total or 0
        self.cached += row.cached or 0
        self.reasoning += row.reasoning or 0
        count(self.hours, hour)
        if row.steps is not None:
            self.priced += 1
            self._pay(row.currency, row.steps)
        self._add_times(row.ttft_ms, row.duration_ms, row.completion)

    def _add_times(self, ttft_ms: int | None, duration_ms: int | None, tokens: int | None) -> None:
        if duration_ms is not None:
            count(self.duration, box_of(duration_ms))
        if ttft_ms is None:
            return
        count(self.ttft, box_of(ttft_ms))
        if duration_ms is not None and tokens and tokens > 1 and duration_ms > ttft_ms:
            count(self.speed, box_of(TENTHS * tokens * 1000 / (duration_ms - ttft_ms)))

    def add_rollup(self, row: Mapping[str, Any]) -> None:
        """Counts and cost of a rollup, or of several added up by the database."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + int(row[name] or 0))
        if row["cost"] or row["priced"]:
            self._pay(row["currency"], int(row["cost"] or 0))

    def add_spreads(self, row: Mapping[str, Any], names: Iterable[str]) -> None:
        for name in names:
            add_packed(getattr(self, name), bytes(row[name] or b""))

    def columns(self) -> dict[str, Any]:
        """As a rollup of one currency keeps it."""
        counts: dict[str, Any] = {name: getattr(self, name) for name in COUNTS}
        return {
            **counts,
            "cost": sum(self.steps.values()),
            **{name: packed(getattr(self, name)) for name in SPREADS},
        }

    @property
    def amounts(self) -> dict[str, Decimal]:
        return {currency: steps * STEP for currency, steps in sorted(self.steps.items())}

    @property
    def unpriced(self) -> int:
        return self.requests - self.priced

    @property
    def cost_text(self) -> str:
        """For people: cents from one unit on, four places below; each currency by itself."""
        return " + ".join(money(amount, name) for name, amount in self.amounts.items()) or gettext("unknown")

    def times(self, name: str) -> "Times":
        """Percentiles of "ttft" or "duration" in milliseconds, of "speed" in tokens per second."""
        scale = 1 / TENTHS if name == "speed" else 1.0
        spread: Spread = getattr(self, name)
        return Times(*(_scaled(percentile(spread, part), scale) for part in (0.5, 0.9, 0.99)))


@dataclass(frozen=True, slots=True)
class Times:
    p50: float | None
    p90: float | None
    p99: float | None


def _scaled(size: float | None, scale: float) -> float | None:
    return None if size is None else size * scale


def money(amount: Decimal, currency: str) -> str:
    if 0 < amount < Decimal("0.0001"):
        return gettext("under {amount}").format(amount=f"{exact(Decimal('0.0001'))} {currency}")
    return f"{rounded(amount, 4 if 0 < amount < 1 else 2)} {currency}"
