"""Which charts stand on the usage page: sums in, charts out, each bar with a sentence of its numbers."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext

from conversations.figures import whole
from conversations.models.status import Status
from conversations.usage.charts import Chart, Datum, columns, rows
from conversations.usage.periods import label_of
from conversations.usage.sums import Sums

# More bars than this do not fit beside each other; the table below has them all.
MOST_BARS = 12


def over_time(unit: str, periods: Sequence[tuple[date, Sums]]) -> Chart | None:
    return columns([_datum(label_of(start, unit), sums) for start, sums in periods]) if periods else None


def by_name(groups: Sequence[tuple[str, Sums]]) -> Chart | None:
    shown = [(name, sums) for name, sums in groups[:MOST_BARS] if sums.total]
    return rows([_datum(name, sums) for name, sums in shown]) if shown else None


def by_hour(sums: Sums) -> Chart | None:
    """Series 3: requests, not tokens."""
    hours = [(f"{hour:02}", sums.hours.get(hour, 0)) for hour in range(24)]
    data = [Datum(name, (often,), _at_hour(name, often)) for name, often in hours]
    return columns(data, series=3) if sums.requests else None


def by_status(outcomes: Sequence[tuple[str, str, int]]) -> Chart | None:
    counted: Counter[str] = Counter()
    for status, _, requests in outcomes:
        counted[status] += requests
    if not counted:
        return None
    data = [
        Datum(gettext(str(Status(status).label)), (requests,), _ended_so(status, requests))
        for status, requests in counted.most_common()
    ]
    return rows(data, first_series=3)


def _datum(name: str, sums: Sums) -> Datum:
    return Datum(name, (sums.prompt, sums.completion), f"{name}: {_sentence(sums)}")


def _sentence(sums: Sums) -> str:
    words = gettext(
        "%(total)s tokens (%(prompt)s in the prompts, %(completion)s in the answers), %(requests)s requests"
    )
    counts = {name: whole(getattr(sums, name)) for name in ("total", "prompt", "completion", "requests")}
    return words % counts


def _at_hour(hour: str, often: int) -> str:
    words = gettext("%(hour)s:00 to %(hour)s:59: %(requests)s requests")
    return words % {"hour": hour, "requests": whole(often)}


def _ended_so(status: str, requests: int) -> str:
    label = gettext(str(Status(status).label))
    return gettext("%(outcome)s: %(requests)s requests") % {"outcome": label, "requests": requests}
