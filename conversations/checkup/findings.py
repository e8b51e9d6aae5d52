"""What is wrong with some rows, in a sentence, with the first of them."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

# Ids that are named.
NAMED = 5


class Finding(str):
    """A sentence."""

    __slots__ = ()


def about(rows: QuerySet[Any], what: str) -> Iterator[Finding]:
    """One finding for all rows of a query, none if there are none."""
    ids = [str(each) for each in rows.order_by("pk").values_list("pk", flat=True)[: NAMED + 1]]
    if not ids:
        return
    number = rows.count()
    yield named(number, what, ids)


def named(number: int, what: str, ids: list[str]) -> Finding:
    more = ", …" if number > NAMED else ""
    return Finding(f"{number:,} times: {what} ({', '.join(ids[:NAMED])}{more})")
