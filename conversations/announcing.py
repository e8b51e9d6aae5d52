"""After a verb: wakes the runner, and tells every page that shows this conversation or lists it."""

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.models import User

from conversations import lifecycle, listing
from conversations.articles import created_frames
from conversations.doorbell import QUEUE, conversation_topic, message_topic, user_topic
from conversations.models import Conversation
from conversations.sending import Sent, Stopping
from conversations.sidebar import changed_frame, frame_of


def announce_sent(sent: Sent, client_id: UUID | None) -> None:
    """To be called after the commit, from whatever thread; the runner first, for it has the longer way."""
    if sent.repeated:
        return
    lifecycle.ring(QUEUE)
    created = {"frames": created_frames(sent, client_id), "message": str(sent.answer.id)}
    lifecycle.ring(conversation_topic(sent.conversation.id), created)
    told = sent.conversation
    changed = changed_frame(told.id, title=told.title, updated_at=told.updated_at, running=True)
    _ring_lists(told.owner_id, told.id, changed)


def announce_filed(user: User, ids: Collection[UUID]) -> list[str]:
    """Tells every list of this person's what became of these conversations; returns the frames."""
    mine = Conversation.objects.of(user, with_trash=True).filter(pk__in=ids)
    frames = {row.id: frame_of(row) for row in listing.with_running(mine).defer("system_prompt")}
    for conversation_id, frame in frames.items():
        _ring_lists(user.pk, conversation_id, frame)
    return list(frames.values())


def _ring_lists(user_id: int, conversation_id: UUID, frame: str) -> None:
    lifecycle.ring(user_topic(user_id), {"changed": frame, "conversation": str(conversation_id)})


def announce_stop(stopping: Stopping) -> None:
    if stopping.generation is None:
        return
    lifecycle.ring(QUEUE, {"stop": str(stopping.generation.pk)})
    # For a request that was still queued: no runner will tell of its end.
    lifecycle.ring(message_topic(stopping.message.pk), {"ended": True})
