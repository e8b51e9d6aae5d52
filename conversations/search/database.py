"""Which of the two full text searches this installation has."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from django.db import connection

from conversations.search import in_postgres, in_sqlite
from conversations.search.entries import Entry, Match, Wanted


class FullText(Protocol):
    """What both modules offer. `CREATE` and `DROP` are for the migration."""

    CREATE: tuple[str, ...]
    DROP: tuple[str, ...]

    def write(self, entries: Sequence[Entry]) -> None: ...
    def find(self, wanted: Wanted, limit: int) -> list[Match]: ...
    def among(self, wanted: Wanted, conversations: Collection[UUID]) -> list[Match]: ...


def full_text(vendor: str = "") -> FullText:
    return in_postgres if (vendor or connection.vendor) == "postgresql" else in_sqlite
