"""Which tables hold anything at all: most servers leave some of them empty, and need not be asked more."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, models

from conversations.models.prepared import table_of

# By table, whether it holds anything: within rows_known().
_OCCUPIED: ContextVar[Mapping[type[models.Model], bool]] = ContextVar("occupied", default={})  # noqa: B039 (never changed)


def has_rows(model: type[models.Model]) -> bool:
    """Whether a table holds anything; most servers leave some of them empty."""
    known = _OCCUPIED.get()
    return known[model] if model in known else _occupied([model])[model]


@contextmanager
def rows_known(*asked_of: type[models.Model]) -> Iterator[None]:
    """Asks of all these tables at once; until the end `has_rows` knows them, as they were."""
    known = _OCCUPIED.get()
    missing = [model for model in asked_of if model not in known]
    token = _OCCUPIED.set({**known, **_occupied(missing)} if missing else known)
    try:
        yield
    finally:
        _OCCUPIED.reset(token)


def _occupied(asked_of: Sequence[type[models.Model]]) -> dict[type[models.Model], bool]:
    asked = ", ".join(f"EXISTS (SELECT 1 FROM {table_of(model)})" for model in asked_of)  # noqa: S608 -- own names
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        return {model: bool(found) for model, found in zip(asked_of, cursor.fetchone(), strict=True)}
