"""What a search found, ready to be shown."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from conversations.search.entries import LAST
from conversations.search.excerpts import Piece


@dataclass(frozen=True, slots=True)
class Hit:
    """One conversation with the message in it that matched best; `role` is empty where only the title did."""

    conversation_id: UUID
    message_id: UUID | None
    title: list[Piece]
    sentence: list[Piece]
    role: str
    at: datetime

    @property
    def url(self) -> str:
        """The query says which branch is to be shown, the fragment where in it."""
        page = reverse("conversation", args=[self.conversation_id])
        return f"{page}?m={self.message_id}#m-{self.message_id}" if self.message_id else page


@dataclass(frozen=True, slots=True)
class Results:
    """`older` is the cursor to go on with, "" at the end; `notes` are sentences for the person.

    `meant`: another search, which finds something where this one found nothing.
    """

    hits: list[Hit] = field(default_factory=list)
    older: str = ""
    notes: tuple[str, ...] = ()
    meant: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of results begins: in which tier, below which id, and whether the last word may go on."""

    tier: int = 0
    below: int = LAST
    widened: bool = False

    @property
    def cursor(self) -> str:
        packed = json.dumps([self.tier, self.below, self.widened])
        return base64.urlsafe_b64encode(packed.encode()).decode()


def place_of(cursor: str) -> Place:
    """The beginning where the cursor makes no sense."""
    try:
        tier, below, widened = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, RecursionError, binascii.Error):
        return Place()
    fits = isinstance(tier, int) and isinstance(below, int) and isinstance(widened, bool)
    return Place(tier, min(below, LAST), widened) if fits and 0 <= tier <= 3 and below >= 0 else Place()
