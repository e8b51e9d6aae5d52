"""What stands on the usage page: the sums of a selection, their tables and charts, and the trend."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import Group as UserGroup
from django.utils.translation import gettext

from conversations.usage import (
    Cube,
    Group,
    Sums,
    by_period,
    crossed,
    groups_by,
    outcomes_of,
    pictures,
    printed,
)
from conversations.usage.cube import not_added_up
from conversations.usage.form import BY, CROSSED, MEASURES
from conversations.usage.printed import Table
from conversations.usage.sums import SPREADS, TIMES

# Dimensions with a table of their own, in this order. Groups only where there are any.
DIMENSIONS = ("model", "user", "group", "provider", "purpose")
# Columns and lines of two dimensions crossed.
MOST_CROSSED = 25


@dataclass(frozen=True, slots=True)
class Trend:
    """An amount beside that of the period before."""

    title: str
    amount: str
    change: str


class Report:
    """Everything is read when it is asked for: a file of one table asks for no more than that table."""

    def __init__(self, cube: Cube, shown: dict[str, str]) -> None:
        self.cube, self.selection, self.shown = cube, cube.selection, shown

    def whole(self) -> Sums:
        return self.cube.grouped(spreads=SPREADS).get((), Sums())

    def periods(self) -> tuple[str, list[tuple[date, Sums]]]:
        days = {day: sums for (day,), sums in self.cube.grouped("day").items()}
        return by_period(self.selection, days, self.shown.get("by", ""))

    def table(self, name: str) -> Table | None:
        """One table by its name in the address; None if there is no such table."""
        if name in DIMENSIONS:
            return self.by(name, most=None)
        others: dict[str, Callable[[], Table | None]] = {
            "period": lambda: printed.over_time(*self.periods()),
            "outcome": lambda: printed.of_outcomes(outcomes_of(self.cube)),
            "hour": lambda: printed.of_hours(self.whole()),
            "times": lambda: printed.of_times(self.whole()),
            "cross": lambda: self.cross(most=10_000),
        }
        return others[name]() if name in others else None

    def by(self, dimension: str, *, most: int | None = printed.MOST_GROUPS) -> Table:
        groups = groups_by(self.cube, dimension, most)

        def link(group: Group) -> str:
            return f"?{self.selection.query(**{dimension: group.key})}" if group.key else ""

        table = printed.grouped(dimension, CROSSED[dimension], groups[:most], link)
        table.left_out = len(groups) - len(table.lines)
        table.chart = pictures.by_name([(group.label, group.sums) for group in groups])
        return table

    def cross(self, *, most: int = MOST_CROSSED) -> Table | None:
        rows, columns = self.shown.get("rows"), self.shown.get("columns")
        if not rows or not columns:
            return None
        measure = self.shown.get("measure") or "total"
        found = crossed(self.cube, rows, columns, measure=measure, most=most)
        return printed.of_crossed(
            found,
            f"{gettext(CROSSED[rows])} {gettext(BY[columns])}",
        )

    def trends(self, sums: Sums) -> list[Trend]:
        before = self.selection.before()
        if before is None:
            return []
        past = Cube(before).grouped(spreads=TIMES).get((), Sums())
        pairs: Iterable[tuple[str, float | None, float | None]] = (
            (gettext("Requests"), sums.requests, past.requests),
            (gettext("Tokens"), sums.total, past.total),
            (gettext("First token, median"), sums.times("ttft").p50, past.times("ttft").p50),
            (gettext("Tokens per second, median"), sums.times("speed").p50, past.times("speed").p50),
        )
        return [Trend(title, printed.shown(old), _change(new, old)) for title, new, old in pairs]

    def context(self) -> dict[str, Any]:
        """What the page's template names."""
        whole, (unit, periods) = self.whole(), self.periods()
        outcomes, has_groups = outcomes_of(self.cube), UserGroup.objects.exists()
        if has_groups:
            # For groups those of all people are read; then those of the first few are not read again.
            self.cube.grouped("user_name", spreads=TIMES)
        tables = [self.by(name) for name in DIMENSIONS if name != "group" or has_groups]
        return {
            "whole": whole,
            "unit": unit,
            "period_table": printed.over_time(unit, periods),
            "period_chart": pictures.over_time(unit, periods),
            # Nobody of these may be in a group.
            "tables": [
                table for table in tables if table.name != "group" or any(q for _, q, _ in table.lines)
            ],
            "outcome_table": printed.of_outcomes(outcomes),
            "outcome_chart": pictures.by_status(outcomes),
            "hour_table": printed.of_hours(whole),
            "hour_chart": pictures.by_hour(whole),
            "times_table": printed.of_times(whole),
            "cross_table": self.cross(),
            "measure": gettext(MEASURES[self.shown.get("measure") or "total"]),
            "trends": self.trends(whole),
            "waiting": not_added_up(),
        }


def _change(new: float | None, old: float | None) -> str:
    if not old or new is None:
        return ""
    percent = round(100 * (new - old) / old)
    return f"{percent:+}%" if percent else gettext("the same")
