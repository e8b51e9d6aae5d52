"""Which charts stand on the usage page: sums in, charts out, each bar with a sentence of its numbers."""

from collections import Counter

from conversations.models.status import Status
from conversations.usage import Group, Sums
from conversations.usage.charts import Chart, Datum, columns, rows

# More bars than this do not fit beside each other; the table below has them all.
MOST_BARS = 12


def over_time(periods: list[Group]) -> Chart | None:
    return columns([_datum(group) for group in periods]) if periods else None


def by_name(groups: list[Group]) -> Chart | None:
    shown = [group for group in groups[:MOST_BARS] if group.sums.total]
    return rows([_datum(group) for group in shown]) if shown else None


def by_status(outcomes: list[tuple[str, str, int]]) -> Chart | None:
    """Series 3: requests, not tokens."""
    counted: Counter[str] = Counter()
    for status, _, requests in outcomes:
        counted[status] += requests
    if not counted:
        return None
    data = [
        Datum(Status(status).label, (requests,), f"{Status(status).label}: {requests} requests")
        for status, requests in counted.most_common()
    ]
    return rows(data, first_series=3)


def _datum(group: Group) -> Datum:
    sums = group.sums
    return Datum(group.label, (sums.prompt, sums.completion), f"{group.label}: {_sentence(sums)}")


def _sentence(sums: Sums) -> str:
    parts = f"{sums.prompt:,} in the prompts, {sums.completion:,} in the answers"
    return f"{sums.total:,} tokens ({parts}), {sums.requests:,} requests"
