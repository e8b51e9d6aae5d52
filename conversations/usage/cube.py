"""Sums of a selection, grouped by whatever one likes: from the rollups, and from the rows not in them yet."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import Aggregate, BinaryField, Q, QuerySet, Sum

from conversations.models import Generation, UsageRollup
from conversations.usage.cells import AXES, Cells, cells_of, ledger_values
from conversations.usage.folding import changes
from conversations.usage.selection import FILTERS, Selection
from conversations.usage.sums import COUNTS, Sums

T = TypeVar("T")
Level = UsageRollup.Level
# Looks at most, while requests end all the time.
TRIES = 3
Groups = dict[tuple[Any, ...], Sums]
# By currency; what is not money under "".
Amounts = dict[tuple[Any, ...], dict[str, int]]
# Rows that run or ended in the last seconds. More only after an outage, or just after an upgrade.
MOST_LOOSE = 20_000


class Cube:
    """Answers questions about one selection; nothing is read twice. Its sums are not to be changed."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self._known: dict[tuple[Any, ...], Groups] = {}
        self.loose = self._loose_cells()

    def grouped(
        self, *by: str, spreads: tuple[str, ...] = (), among: tuple[str, ...] | None = None
    ) -> Groups:
        """The sums for each combination of the rollups' columns `by`, with `spreads` of their times.

        `among`: only these values of the first column. Spreads are what costs most.
        """
        asked = (by, spreads, among)
        if asked not in self._known:
            self._known[asked] = self._read(by, spreads, among)
        return self._known[asked]

    def knows(self, *by: str, spreads: tuple[str, ...]) -> bool:
        """Whether these sums have been read, with their spreads."""
        return (by, spreads, None) in self._known

    def _read(self, by: tuple[str, ...], spreads: tuple[str, ...], among: tuple[str, ...] | None) -> Groups:
        groups: defaultdict[tuple[Any, ...], Sums] = defaultdict(Sums)
        found = self._rollups(by)
        if among is not None:
            found = found.filter(**{f"{by[0]}__in": among})
        wanted: dict[str, Aggregate] = {name: Sum(name) for name in (*COUNTS, "cost")}
        wanted |= {name: _Joined(name) for name in spreads}
        for row in found.order_by().values(*by, "currency").annotate(**wanted):
            sums = groups[tuple(row[name] for name in by)]
            sums.add_rollup(row)
            sums.add_spreads(row, spreads)
        for place, more in self.loose.items():
            key = tuple(getattr(place, name) for name in by)
            if among is None or key[0] in among:
                groups[key].add(more)
        return dict(groups)

    def amounts(self, *by: str, measure: str) -> Amounts:
        """One amount of each combination; a cost by currencies, in steps, everything else under ""."""
        found: defaultdict[tuple[Any, ...], dict[str, int]] = defaultdict(dict)
        column, kinds = (Sum("cost"), ("currency",)) if measure == "cost" else (Sum(measure), ())
        rows = self._rollups(by).order_by().values_list(*by, *kinds).annotate(amount=column)
        for row in rows.filter(priced__gt=0) if kinds else rows:
            found[row[: len(by)]][row[-2] if kinds else ""] = int(row[-1])
        for place, sums in self.loose.items():
            amount = sums.steps if kinds else {"": getattr(sums, measure)}
            add_amount(found[tuple(getattr(place, name) for name in by)], amount)
        return dict(found)

    def _rollups(self, by: Sequence[str]) -> QuerySet[UsageRollup]:
        selection = self.selection
        needed = {*by, *(FILTERS[name][1] for name in selection.narrowed)} - {"day"}
        if selection.group:
            needed.add("user_name")
        axis = min((name for name, kept in AXES.items() if needed <= set(kept)), key=lambda n: len(AXES[n]))
        rows = UsageRollup.objects.filter(self._days(by_day="day" in by), axis=axis)
        if selection.group:
            rows = rows.filter(user_name__in=selection.members)
        return rows.filter(**{FILTERS[name][1]: value for name, value in selection.narrowed.items()})

    def _days(self, *, by_day: bool) -> Q:
        """The rows that cover the selection's days once: whole months as such where no day is asked for."""
        since, until = self.selection.since, self.selection.until
        if by_day:
            return _between(Level.DAY, since, until)
        first = _month_from(since) if since else None
        end = _month_of(until + timedelta(days=1)) if until else None
        if first and end and first >= end:
            return _between(Level.DAY, since, until)
        found = _between(Level.MONTH, first, end - timedelta(days=1) if end else None)
        if since and first and since < first:
            found |= _between(Level.DAY, since, first - timedelta(days=1))
        if until and end and until >= end:
            found |= _between(Level.DAY, end, until)
        return found

    def _loose_cells(self) -> Cells:
        rows = self.selection.rows().filter(rolled_up=False).order_by("created_at")
        return cells_of(ledger_values(rows)[:MOST_LOOSE])


class _Joined(Aggregate):
    """Packed spreads behind each other: their sum."""

    template = "STRING_AGG(%(expressions)s, ''::bytea)"
    output_field = BinaryField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(GROUP_CONCAT(%(expressions)s, '') AS BLOB)"
        return super().as_sql(compiler, connection, template=template, **context)


def add_amount(amount: dict[str, int], more: Mapping[str, int]) -> None:
    for name, number in more.items():
        amount[name] = amount.get(name, 0) + number


def settled(selection: Selection, answer: Callable[[Cube], T]) -> T:
    """What `answer` finds in one cube, in which nothing was folded meanwhile: it would count twice."""
    for _ in range(TRIES):
        before = changes()
        found = answer(Cube(selection))
        if changes() == before:
            return found
    return found


def not_added_up() -> int:
    """How many requests wait for the rollups beyond those that a page reads itself."""
    return max(0, Generation.objects.filter(rolled_up=False)[: MOST_LOOSE * 100].count() - MOST_LOOSE)


def _between(level: int, first: date | None, last: date | None) -> Q:
    days = Q(level=level)
    if first:
        days &= Q(day__gte=first)
    if last:
        days &= Q(day__lte=last)
    return days


def _month_of(day: date) -> date:
    return day.replace(day=1)


def _month_from(day: date) -> date:
    """The first month that begins on `day` or later."""
    return day if day.day == 1 else (day.replace(day=1) + timedelta(days=31)).replace(day=1)
