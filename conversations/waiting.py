"""What waits in a conversation and what is being typed there, as frames tell it."""

from django.utils.translation import gettext

from conversations import frames
from conversations.drafts import draft_of
from conversations.exports import moment
from conversations.models import Conversation


def waiting_messages(conversation: Conversation) -> list[frames.WaitingMessage]:
    return [
        frames.WaitingMessage(
            client_id=queued.client_id,
            content=queued.content,
            model=queued.model,
            held=gettext(queued.held) if queued.held else "",
            created_at=moment(queued.created_at),
        )
        for queued in conversation.queued.in_order()
    ]


def queue_frame(conversation: Conversation) -> str:
    """The encoded `queue.changed`."""
    return frames.encode(frames.QueueChanged(waiting_messages(conversation)))


def draft_frame(conversation: Conversation) -> str:
    """The encoded `draft.changed`, for the conversation's owner."""
    return frames.encode(frames.DraftChanged(draft_of(conversation.owner, conversation)))


def hello(conversation: Conversation) -> frames.Hello:
    """What a page must know of a conversation to be in step with it."""
    running = conversation.messages.running().values_list("id", flat=True)
    active = conversation.active_leaf_id
    states = conversation.messages.values_list("status", "last_seq")
    status, seq = (states.filter(pk=active).first() if active else None) or ("", 0)
    return frames.Hello(
        conversation=conversation.id,
        active=conversation.active_leaf_id,
        active_status=status,
        active_seq=seq,
        running=list(running),
        queued=waiting_messages(conversation),
        draft=draft_of(conversation.owner, conversation),
    )
