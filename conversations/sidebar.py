"""What the list of conversations shows, for a page and for the frame that keeps other tabs in step."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef

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


def changed_frame(conversation: Conversation, *, running: bool) -> str:
    """The encoded `conversation.changed`."""
    return frames.encode(
        frames.Changed(
            conversation=conversation.id,
            title=conversation.title,
            running=running,
            updated_at=conversation.updated_at.isoformat(),
            url=conversation.get_absolute_url(),
        )
    )


def ended_frame(conversation_id: UUID) -> str | None:
    """The frame after the end of an answer; None for a conversation that is gone."""
    row = Conversation.objects.filter(pk=conversation_id).first()
    return changed_frame(row, running=False) if row is not None else None
