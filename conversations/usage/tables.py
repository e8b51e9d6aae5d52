"""The tables of the usage page: for each dimension its groups with their sums, and two dimensions crossed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext, gettext_noop

from conversations.figures import whole
from conversations.models import Generation
from conversations.models.status import Status
from conversations.usage.cube import Amounts, Cube, Groups, add_amount
from conversations.usage.periods import label_of, start_of
from conversations.usage.sums import STEP, TIMES, Sums, money

# What can be asked by → the rollups' column that it is made of.
COLUMNS = {
    "user": "user_name", "group": "user_name", "provider": "provider_name", "model": "model",
    "purpose": "purpose", "status": "status", "day": "day", "week": "day", "month": "day",
}  # fmt: skip
OTHERS = gettext_noop("(others)")


@dataclass(frozen=True, slots=True)
class Group:
    """The sums of all rows with one label; `key` is its value in the address, "" where it has none."""

    label: str
    sums: Sums
    key: str = ""


def groups_by(cube: Cube, dimension: str, timed: int | None = None) -> list[Group]:
    """Most tokens first, the first `timed` (all, if None) with their times.

    A person in two groups counts in both of them.
    """
    column = COLUMNS[dimension]
    if dimension == "group" or timed is None or cube.knows(column, spreads=TIMES):
        found = cube.grouped(column, spreads=TIMES)
        return _sorted(dimension, _by_group(found) if dimension == "group" else _of_one(found))
    groups = _sorted(dimension, _of_one(cube.grouped(column)))
    first = tuple(group.key for group in groups[:timed])
    times = cube.grouped(column, spreads=TIMES, among=first) if first else {}
    return [replace(group, sums=times.get((group.key,), group.sums)) for group in groups]


def _of_one(found: Groups) -> dict[str, Sums]:
    return {value: sums for (value,), sums in found.items()}


def _sorted(dimension: str, found: dict[str, Sums]) -> list[Group]:
    groups = [Group(label(dimension, key), sums, key) for key, sums in found.items()]
    return sorted(groups, key=lambda group: (-group.sums.total, -group.sums.requests, group.label))


def _by_group(people: Groups) -> dict[str, Sums]:
    groups_of = labels_of("group")
    sums: defaultdict[str, Sums] = defaultdict(Sums)
    for (person,), more in people.items():
        for group in groups_of(person):
            sums[group].add(more)
    return dict(sums)


def label(dimension: str, key: str) -> str:
    if dimension == "status" and key:
        return gettext(str(Status(key).label))
    if dimension == "purpose" and key:
        return gettext(str(Generation.Purpose(key).label))
    return key or (gettext("(in no group)") if dimension == "group" else gettext("(none)"))


def labels_of(dimension: str) -> Callable[[Any], Iterable[str]]:
    """The keys under which a value of the rollups' column counts."""
    if dimension in ("day", "week", "month"):
        # The same few days come again and again.
        return cache(lambda day: (label_of(start_of(day, dimension), dimension),))
    if dimension != "group":
        return lambda value: (value,)
    groups: defaultdict[str, list[str]] = defaultdict(list)
    members = User.objects.filter(groups__isnull=False).values_list("username", "groups__name")
    for person, group in members:
        groups[person].append(group)
    return lambda person: groups.get(person, ("",))


def outcomes_of(cube: Cube) -> list[tuple[str, str, int]]:
    """(status, kind of error or finish_reason, requests), most frequent first."""
    found = cube.grouped("status", "reason")
    listed = [(status, reason, sums.requests) for (status, reason), sums in found.items()]
    return sorted(listed, key=lambda outcome: (-outcome[2], outcome[0], outcome[1]))


@dataclass(slots=True)
class Crossed:
    """`cells[row][column]` is an amount of the measure; for people `text` says it."""

    rows: list[str]
    columns: list[str]
    measure: str
    cells: dict[str, dict[str, Any]] = field(default_factory=dict)

    def amount(self, row: str, column: str) -> Any:
        return self.cells.get(row, {}).get(column)

    def lines(self) -> list[tuple[str, list[str]]]:
        return [(row, [said(self.amount(row, column)) for column in self.columns]) for row in self.rows]


def crossed(cube: Cube, rows: str, columns: str, *, measure: str, most: int) -> Crossed:
    """Two dimensions against each other; what goes beyond `most` of either is one line of others."""
    found = cube.amounts(COLUMNS[rows], COLUMNS[columns], measure=measure)
    cells = _crossed_cells(found, rows, columns)
    row_names = _largest(((row, amount) for (row, _), amount in cells.items()), most, rows)
    column_names = _largest(((column, amount) for (_, column), amount in cells.items()), most, columns)
    row_labels = {key: label(rows, key) for key in row_names}
    column_labels = {key: label(columns, key) for key in column_names}
    table, others = Crossed([], [], measure), gettext(OTHERS)
    for (row, column), amount in cells.items():
        line = table.cells.setdefault(row_labels.get(row, others), {})
        add_amount(line.setdefault(column_labels.get(column, others), {}), amount)
    shown = {name for line in table.cells.values() for name in line}
    table.rows = [name for name in row_labels.values() if name in table.cells]
    table.columns = [name for name in column_labels.values() if name in shown]
    table.rows += [others] if others in table.cells else []
    table.columns += [others] if others in shown else []
    return table


def _crossed_cells(found: Amounts, rows: str, columns: str) -> Amounts:
    row_keys, column_keys = labels_of(rows), labels_of(columns)
    cells: defaultdict[tuple[Any, ...], dict[str, int]] = defaultdict(dict)
    for (row_value, column_value), amount in found.items():
        for row in row_keys(row_value):
            for column in column_keys(column_value):
                add_amount(cells[row, column], amount)
    return dict(cells)


def _largest(amounts: Iterable[tuple[str, Any]], most: int, dimension: str) -> list[str]:
    """The keys that hold most, those of time in their order."""
    totals: Counter[str] = Counter()
    for key, amount in amounts:
        totals[key] += sum(amount.values())
    if dimension in ("day", "week", "month"):
        return sorted(totals)[-most:]
    return [key for key, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:most]]


def said(amount: Any) -> str:
    """An amount for people; of money in each currency by itself."""
    if amount is None:
        return ""
    if set(amount) <= {""}:
        return whole(sum(amount.values()))
    return " + ".join(money(steps * STEP, name) for name, steps in sorted(amount.items()))
