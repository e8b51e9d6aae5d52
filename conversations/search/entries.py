"""What goes into the index and what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from conversations.search.query import Term

# Above and below every id that a passage can have.
FIRST, LAST = 0, 2**63 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A passage on its way into the index, with its words in their order."""

    id: int
    owner_id: int
    conversation_id: UUID
    message_id: UUID | None
    tier: str
    words: list[str]


@dataclass(frozen=True, slots=True)
class Match:
    id: int
    conversation_id: UUID
    message_id: UUID | None
    tier: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, and in which tiers, the best first; ids from `first` up to but without `below`.

    `begin`: the first tier begins below this id; pages before had the rest of it.
    """

    owner_id: int
    tiers: Sequence[str]
    terms: Sequence[Term]
    first: int = FIRST
    below: int = LAST
    begin: int = LAST

    @property
    def places(self) -> list[tuple[str, int]]:
        """Each tier, and below which id it is looked through."""
        highest, *others = self.tiers
        return [(highest, min(self.below, self.begin)), *((tier, self.below) for tier in others)]
