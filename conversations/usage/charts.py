"""The geometry of the usage page's charts: numbers in, rectangles in an SVG's own units out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 720.0
HEIGHT = 240.0
LEFT, RIGHT, TOP, BOTTOM = 56.0, 8.0, 10.0, 26.0
MOST_LABELS = 8
ROW = 28.0
NAME_WIDTH = 180.0
VALUE_WIDTH = 76.0
LONGEST_NAME = 26


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle of the series `series` (1, 2, …: its colour's number)."""

    x: float
    y: float
    width: float
    height: float
    series: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One column or bar: what it is called, what it says when pointed at, and where its label stands."""

    name: str
    hint: str
    parts: tuple[Part, ...]
    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the grid at height `y`, and its number."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    width: float
    height: float
    bars: tuple[Bar, ...]
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Datum:
    """A name and its stacked amounts, one for each series."""

    name: str
    amounts: tuple[int, ...]
    hint: str

    @property
    def total(self) -> int:
        return sum(self.amounts)


def columns(data: Sequence[Datum], *, series: int = 1) -> Chart:
    """Standing columns over a grid, for periods of time in their order; `series` is the first amount's."""
    top = nice_top(max((datum.total for datum in data), default=0))
    height = HEIGHT - TOP - BOTTOM
    step = (WIDTH - LEFT - RIGHT) / max(len(data), 1)
    # Few columns would be walls.
    width = min(step * 0.78, 48.0)
    every = math.ceil(len(data) / MOST_LABELS)
    bars = []
    for place, datum in enumerate(data):
        x = LEFT + step * place + (step - width) / 2
        parts = _stack_up(datum.amounts, x=x, width=width, scale=height / top, series=series)
        label = datum.name if place % every == 0 else ""
        bars.append(Bar(datum.name, datum.hint, parts, _round(x + width / 2), HEIGHT - 8, label))
    lines = tuple(
        Line(_round(TOP + height * (1 - part / 4)), short(round(top * part / 4))) for part in range(5)
    )
    return Chart(WIDTH, HEIGHT, tuple(bars), lines)


def _stack_up(
    amounts: Sequence[int], *, x: float, width: float, scale: float, series: int
) -> tuple[Part, ...]:
    parts, y = [], HEIGHT - BOTTOM
    for number, amount in enumerate(amounts, start=series):
        y -= amount * scale
        if amount:
            parts.append(Part(_round(x), _round(y), _round(width), _round(amount * scale), number))
    return tuple(parts)


def rows(data: Sequence[Datum], *, first_series: int = 1) -> Chart:
    """Lying bars, their names before and their totals behind them; the longest fills the room."""
    top = max((datum.total for datum in data), default=0) or 1
    scale = (WIDTH - NAME_WIDTH - VALUE_WIDTH) / top
    bars = []
    for place, datum in enumerate(data):
        parts, x, y = [], NAME_WIDTH, place * ROW + 5
        for series, amount in enumerate(datum.amounts, start=first_series):
            if amount:
                parts.append(Part(_round(x), y, _round(amount * scale), ROW - 10, series))
            x += amount * scale
        bars.append(
            Bar(shortened(datum.name), datum.hint, tuple(parts), _round(x + 6), y + 13, short(datum.total))
        )
    return Chart(WIDTH, max(len(data), 1) * ROW, tuple(bars))


def nice_top(largest: int) -> int:
    """The smallest of 4, 8, 12, 20 or those times a power of ten that `largest` fits under."""
    size = 1
    while True:
        for step in (4, 8, 12, 20):
            if largest <= step * size:
                return step * size
        size *= 10


def short(number: int) -> str:
    """12, 3.4k, 56k, 7.8M: at most three digits, so that labels have one width."""
    for size, sign in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            value = number / size
            return f"{value:.1f}".removesuffix(".0") + sign if value < 100 else f"{value:.0f}{sign}"
    return str(number)


def shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _round(value: float) -> float:
    return round(value, 2)
