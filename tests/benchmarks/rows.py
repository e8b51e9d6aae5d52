"""A line of the table, and the bar that it must pass."""

from dataclasses import dataclass

HEADINGS = f"{'':54}{'unit':>6}{'ours':>10}{'beside':>10}{'ratio':>8}   bar"


@dataclass(frozen=True)
class Row:
    """`beside` is what it is compared with, None where there is nothing; `bar` limits `ours` or the ratio."""

    name: str
    unit: str
    ours: float
    beside: float | None = None
    bar: float | None = None
    of_ratio: bool = False

    @property
    def ratio(self) -> float | None:
        return self.ours / self.beside if self.beside else None

    @property
    def passes(self) -> bool:
        measured = self.ratio if self.of_ratio else self.ours
        return self.bar is None or (measured is not None and measured <= self.bar)

    def __str__(self) -> str:
        beside = "" if self.beside is None else f"{self.beside:10.3f}"
        ratio = "" if self.ratio is None else f"{self.ratio:8.2f}"
        words = "" if self.bar is None else f"{'ratio ' if self.of_ratio else ''}≤ {self.bar:g}"
        missed = "" if self.passes else "  MISSED"
        return f"{self.name:54}{self.unit:>6}{self.ours:10.3f}{beside:>10}{ratio:>8}   {words}{missed}"
