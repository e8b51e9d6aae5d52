"""What the list of conversations shows, for a page and for the frame that keeps other tabs in step."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.urls import reverse

from conversations import frames
from conversations.models import Conversation, Message
from conversations.models.conversation import ConversationQuerySet
from conversations.models.status import RUNNING

# As many as fit a tall screen twice; the rest is in the history.
LENGTH = 50


def with_running(conversations: ConversationQuerySet) -> ConversationQuerySet:
    """Adds `running`: whether an answer is being written there. No message is loaded."""
    at_work = Message.objects.filter(conversation=OuterRef("pk"), status__in=RUNNING)
    return conversations.annotate(running=Exists(at_work))


def newest(user: User) -> list[Conversation]:
    return list(with_running(Conversation.objects.of(user)).newest_first()[:LENGTH])


def changed_frame(conversation_id: UUID, *, title: str, updated_at: datetime, running: bool) -> str:
    """The encoded `conversation.changed`."""
    return frames.encode(
        frames.Changed(
            conversation=conversation_id,
            title=title,
            running=running,
            updated_at=updated_at.isoformat(),
            url=reverse("conversation", args=[conversation_id]),
        )
    )
