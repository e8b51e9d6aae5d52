"""After a verb: wakes the runner, and tells every page that shows this conversation or lists it."""

from uuid import UUID

from conversations import lifecycle
from conversations.articles import created_frames
from conversations.doorbell import QUEUE, conversation_topic, message_topic, user_topic
from conversations.sending import Sent, Stopping
from conversations.sidebar import changed_frame


def announce_sent(sent: Sent, client_id: UUID | None) -> None:
    """To be called after the commit, from whatever thread; the runner first, for it has the longer way."""
    if sent.repeated:
        return
    lifecycle.ring(QUEUE)
    created = {"frames": created_frames(sent, client_id), "message": str(sent.answer.id)}
    lifecycle.ring(conversation_topic(sent.conversation.id), created)
    told = sent.conversation
    changed = changed_frame(told.id, title=told.title, updated_at=told.updated_at, running=True)
    lifecycle.ring(user_topic(told.owner_id), {"changed": changed, "conversation": str(told.id)})


def announce_stop(stopping: Stopping) -> None:
    if stopping.generation is None:
        return
    lifecycle.ring(QUEUE, {"stop": str(stopping.generation.pk)})
    # For a request that was still queued: no runner will tell of its end.
    lifecycle.ring(message_topic(stopping.message.pk), {"ended": True})
