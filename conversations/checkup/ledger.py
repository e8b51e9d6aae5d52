"""The ledger's rows are whole, and its sums are the sums of its rows."""

from collections.abc import Iterator

from django.db.models import Sum

from conversations.checkup.findings import Finding, about
from conversations.models import Generation, UsageRollup
from conversations.models.status import FINAL
from conversations.usage.cells import cells_of, ledger_values, rollups_of

ROWS_AT_ONCE = 5000
SUMS = ("requests", "prompt", "completion", "total", "cost")


def what_has_ended_says_when() -> Iterator[Finding]:
    ended = Generation.objects.filter(status__in=FINAL, ended_at=None)
    yield from about(ended, "a request of the ledger has ended and does not say when")


def what_runs_has_a_lease() -> Iterator[Finding]:
    streaming = Generation.objects.filter(status="streaming", lease_until=None)
    yield from about(streaming, "a request runs without a lease")


def the_sums_are_those_of_the_rows() -> Iterator[Finding]:
    """By day and by month, over everybody."""
    rows = Generation.objects.filter(rolled_up=True, status__in=FINAL)
    cells = cells_of(ledger_values(rows).iterator(ROWS_AT_ONCE))
    made = [each for each in rollups_of(cells) if each.axis == "total"]
    should = {level: [0] * len(SUMS) for level in UsageRollup.Level.values}
    for rollup in made:
        columns = rollup.sums.columns()
        should[rollup.level] = [
            sum(pair) for pair in zip(should[rollup.level], (columns[name] for name in SUMS), strict=True)
        ]
    for level, expected in should.items():
        stored = UsageRollup.objects.filter(axis="total", level=level)
        found = stored.aggregate(**{f"sum_{name}": Sum(name) for name in SUMS})
        for name, wanted in zip(SUMS, expected, strict=True):
            if (there := found[f"sum_{name}"] or 0) != wanted:
                kind = UsageRollup.Level(level).label.lower()
                yield Finding(
                    f"The sums by {kind} say {there:,} {name}, the ledger's rows {wanted:,}: "
                    "`manage.py rebuildusage` makes them anew."
                )


CHECKS = (what_has_ended_says_when, what_runs_has_a_lease, the_sums_are_those_of_the_rows)
