"""Where a message stands among its variants: the messages that follow the same one, oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Variants:
    """`place` counts from 1; `before` and `after` are the neighbours' ids, None at the ends."""

    place: int = 1
    count: int = 1
    before: UUID | None = None
    after: UUID | None = None

    @classmethod
    def of(cls, message_id: UUID, siblings: Sequence[UUID]) -> "Variants":
        """`siblings`: the ids of all of them, this one included."""
        at = siblings.index(message_id)
        return cls(
            place=at + 1,
            count=len(siblings),
            before=siblings[at - 1] if at else None,
            after=siblings[at + 1] if at + 1 < len(siblings) else None,
        )
