"""The tables of the usage pages, each ready to be shown and to be downloaded."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, gettext_noop

from conversations.figures import exact, rounded, whole
from conversations.usage.periods import label_of
from conversations.usage.sums import Sums, money
from conversations.usage.tables import Crossed, Group, said

# A table on a page; its file has the rest.
MOST_GROUPS = 50
AMOUNTS = (
    gettext_noop("Requests"),
    gettext_noop("Prompt tokens"),
    gettext_noop("of these cached"),
    gettext_noop("Answer tokens"),
    gettext_noop("of these reasoning"),
    gettext_noop("Total"),
    gettext_noop("Cost"),
)
TIMES = (
    gettext_noop("First token p50, ms"), "p90", "p99", gettext_noop("Tokens/s p50"), "p90", "p99",
    gettext_noop("Duration p50, ms"), "p90", "p99",
)  # fmt: skip

# Over a table and over its chart, by the table's title.
_HEADINGS = {
    "Model": gettext_noop("By model"), "Person": gettext_noop("By person"), "Group": gettext_noop("By group"),
    "Provider": gettext_noop("By provider"), "Purpose": gettext_noop("By purpose"),
}  # fmt: skip
_CHARTS = {
    "Model": gettext_noop("Tokens by model"), "Person": gettext_noop("Tokens by person"),
    "Group": gettext_noop("Tokens by group"), "Provider": gettext_noop("Tokens by provider"),
    "Purpose": gettext_noop("Tokens by purpose"), "Day": gettext_noop("Tokens by day"),
    "Week": gettext_noop("Tokens by week"), "Month": gettext_noop("Tokens by month"),
    gettext_noop("Year"): gettext_noop("Tokens by year"),
}  # fmt: skip


@dataclass(slots=True)
class Table:
    """`lines`: the label, the address's query behind it ("" for none), and the values."""

    name: str
    title: str
    heads: Sequence[str]
    lines: list[tuple[str, str, Sequence[Any]]] = field(default_factory=list)
    chart: Any = None
    # The first of the columns that say times: the page shows those in a table of their own.
    times_from: int = 0
    left_out: int = 0

    @property
    def heading(self) -> str:
        return gettext(_HEADINGS[self.title])

    @property
    def chart_title(self) -> str:
        return gettext(_CHARTS[self.title])

    @property
    def amounts(self) -> "Part":
        return Part(self, 0, self.times_from or len(self.heads))

    @property
    def times(self) -> "Part | None":
        return Part(self, self.times_from, len(self.heads)) if self.times_from else None

    def file_lines(self) -> Iterable[Sequence[Any]]:
        return ([label, *map(_plain, values)] for label, _, values in self.lines)

    @property
    def file_heads(self) -> Sequence[str]:
        return [self.title, *_said_out(self.heads)]


@dataclass(frozen=True, slots=True)
class Part:
    """Some columns of a table, as text."""

    table: Table
    first: int
    end: int

    @property
    def heads(self) -> Sequence[str]:
        return [gettext(head) for head in self.table.heads[self.first : self.end]]

    @property
    def lines(self) -> list[tuple[str, str, list[str]]]:
        return [
            (label, link, [shown(value) for value in values[self.first : self.end]])
            for label, link, values in self.table.lines
        ]


def grouped(name: str, title: str, groups: Sequence[Group], link: Callable[[Group], str]) -> Table:
    table = Table(name, title, (*AMOUNTS, *TIMES), times_from=len(AMOUNTS))
    table.lines = [
        (group.label, link(group), (*_amounts(group.sums), *_times(group.sums))) for group in groups
    ]
    return table


def over_time(unit: str, periods: Iterable[tuple[date, Sums]]) -> Table:
    table = Table("period", unit.capitalize(), AMOUNTS)
    newest_first = reversed([(start, sums) for start, sums in periods if sums.requests])
    table.lines = [(label_of(start, unit), "", _amounts(sums)) for start, sums in newest_first]
    return table


def of_outcomes(outcomes: Iterable[tuple[str, str, int]]) -> Table:
    table = Table("outcome", gettext_noop("Outcome"), (gettext_noop("Reason"), "Requests"))
    table.lines = [(status.capitalize(), "", (reason, often)) for status, reason, often in outcomes]
    return table


def of_hours(sums: Sums) -> Table:
    table = Table("hour", gettext_noop("Hour of the day"), ("Requests",))
    table.lines = [(f"{hour:02}:00", "", (sums.hours.get(hour, 0),)) for hour in range(24)]
    return table


def of_times(sums: Sums) -> Table:
    table = Table("times", gettext_noop("Times"), ("p50", "p90", "p99"))
    names = {
        "ttft": gettext("First token, ms"),
        "speed": gettext("Tokens per second"),
        "duration": gettext("Duration, ms"),
    }
    for name, title in names.items():
        times = sums.times(name)
        table.lines.append((title, "", (times.p50, times.p90, times.p99)))
    return table


def of_crossed(found: Crossed, title: str) -> Table:
    table = Table("cross", title, found.columns)
    table.lines = [(row, "", tuple(said(found.amount(row, c)) for c in found.columns)) for row in found.rows]
    return table


def _amounts(sums: Sums) -> tuple[Any, ...]:
    counts = (sums.requests, sums.prompt, sums.cached, sums.completion, sums.reasoning, sums.total)
    return (*counts, sums.amounts or None)


def _times(sums: Sums) -> tuple[float | None, ...]:
    found = [sums.times(name) for name in ("ttft", "speed", "duration")]
    return tuple(value for times in found for value in (times.p50, times.p90, times.p99))


def shown(value: Any) -> str:
    """A value for people."""
    if value is None:
        return "-"
    if isinstance(value, dict):
        return " + ".join(money(amount, name) for name, amount in value.items())
    if isinstance(value, float):
        return rounded(value, 0) if value >= 100 else exact(Decimal(f"{value:.3g}"))
    return whole(value) if isinstance(value, int) else str(value)


def milliseconds(value: float | None) -> str:
    return "-" if value is None else gettext("%(milliseconds)s ms") % {"milliseconds": shown(value)}


def _plain(value: Any) -> Any:
    """A value for a spreadsheet."""
    if isinstance(value, dict):
        amounts: dict[str, Decimal] = value
        return " + ".join(f"{amount:f} {name}" for name, amount in amounts.items())
    return round(value, 2) if isinstance(value, float) else value


def _said_out(heads: Sequence[str]) -> list[str]:
    """Heads of a file, where no group of columns stands above: "p90" of what?"""
    said_out, whole = [], ""
    for head in heads:
        if " p50" in head:
            whole = head
        is_short = head in ("p90", "p99") and whole
        said_out.append(whole.replace("p50", head) if is_short else head)
    return said_out
