"""What the list of conversations shows, for a page and for the frame that keeps other tabs in step."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.urls import reverse

from conversations import frames, listing
from conversations.listing import Entry
from conversations.models import Conversation

# As many as fit a tall screen twice; the rest comes when somebody scrolls there.
LENGTH = 50


@dataclass(frozen=True, slots=True)
class Sidebar:
    """`older` is the cursor behind the last row, "" at the end of the list."""

    pinned: list[Entry]
    rows: list[Entry]
    older: str


def newest(user: User, after: str = "") -> Sidebar:
    """The newest ones, or those behind a cursor; the pinned ones stand above the first."""
    page = listing.page(user, listing.Filters(), after=after, length=LENGTH)
    return Sidebar([] if after else listing.pinned(user), page.rows, page.older)


def changed_frame(
    conversation_id: UUID, *, title: str, updated_at: datetime, running: bool, **marks: bool
) -> str:
    """The encoded `conversation.changed`; `marks`: pinned, archived, unread, trashed, if they are known."""
    return frames.encode(
        frames.Changed(
            conversation=conversation_id,
            title=title,
            running=running,
            updated_at=updated_at.isoformat(),
            url=reverse("conversation", args=[conversation_id]),
            **marks,
        )
    )


def frame_of(row: Conversation) -> str:
    """The frame for a row with `running` (see listing.with_running): all that a list shows of it."""
    return changed_frame(
        row.id,
        title=row.title,
        updated_at=row.updated_at,
        running=bool(getattr(row, "running", False)),
        pinned=row.pinned_at is not None,
        archived=row.archived_at is not None,
        unread=row.unread,
        trashed=row.trashed_at is not None,
    )
