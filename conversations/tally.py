"""What this process has done since its start, as plain numbers; metrics read them when somebody asks.

Nothing is imported and nothing locked on the path of a token: each stream counts its own gaps, and all of it
is added up at the end of an answer, at a flush, or when a ring is lost.
"""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Providers and models beyond so many are counted as others: the set of labels stays bounded.
MOST_MODELS = 50
OTHER = ("other", "other")
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
SHORT = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
GAPS = (*SHORT, 5, 10, 30)


@dataclass(slots=True)
class Histogram:
    """How many observations were no larger than each bound; the last box has the rest."""

    bounds: tuple[float, ...]
    boxes: list[int] = field(default_factory=list)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.boxes = self.boxes or [0] * (len(self.bounds) + 1)

    def observe(self, size: float) -> None:
        self.boxes[bisect_left(self.bounds, size)] += 1
        self.total += size

    def add(self, other: "Histogram") -> None:
        self.boxes = [mine + more for mine, more in zip(self.boxes, other.boxes, strict=True)]
        self.total += other.total

    def up_to(self) -> list[tuple[str, int]]:
        """(bound, count of all up to it), the last with the bound "+Inf"."""
        passed, found = 0, []
        for bound, count in zip((*map(str, self.bounds), "+Inf"), self.boxes, strict=True):
            passed += count
            found.append((bound, passed))
        return found


class Tally:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._models: set[tuple[str, str]] = set()
        self.requests: Counter[tuple[str, ...]] = Counter()  # provider, model, purpose, status
        self.tokens: Counter[tuple[str, ...]] = Counter()  # provider, model, kind
        self.ttft: dict[tuple[str, str], Histogram] = {}
        self.gaps: dict[tuple[str, str], Histogram] = {}
        self.flushes = Histogram(SHORT)
        self.lost_rings = 0
        self.missed_rings = 0

    def ended(self, row: Mapping[str, Any], ending: Any) -> None:
        """Counts a request: `row` has provider_name, model_requested and purpose, `ending` all the rest."""
        with self._lock:
            model = self._bounded((row["provider_name"], row["model_requested"]))
            self.requests[*model, row["purpose"], str(ending.status)] += 1
            if ending.usage is not None:
                self.tokens[*model, "prompt"] += ending.usage.prompt_tokens or 0
                self.tokens[*model, "completion"] += ending.usage.completion_tokens or 0
            self._times(model, ending)

    def _times(self, model: tuple[str, str], ending: Any) -> None:
        if ending.ttft_ms is None:
            return
        self.ttft.setdefault(model, Histogram(SECONDS)).observe(ending.ttft_ms / 1000)
        if ending.gaps is not None:
            self.gaps.setdefault(model, Histogram(GAPS)).add(ending.gaps)

    def _bounded(self, model: tuple[str, str]) -> tuple[str, str]:
        if model in self._models:
            return model
        if len(self._models) >= MOST_MODELS:
            return OTHER
        self._models.add(model)
        return model


# Of this process.
tally = Tally()
