"""What waits in a conversation and what is being typed there, as frames tell it."""

from django.db.models import Q
from django.utils.translation import gettext

from conversations import frames
from conversations.drafts import draft_of
from conversations.exports import moment
from conversations.models import Conversation, QueuedMessage
from conversations.models.occupied import has_rows
from conversations.models.status import RUNNING


def waiting_messages(conversation: Conversation) -> list[frames.WaitingMessage]:
    if not has_rows(QueuedMessage):
        return []
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
    active = conversation.active_leaf_id
    told = conversation.messages.filter(Q(status__in=RUNNING) | Q(pk=active))
    states = {pk: (status, seq) for pk, status, seq in told.values_list("id", "status", "last_seq")}
    status, seq = states.get(active, ("", 0)) if active else ("", 0)
    return frames.Hello(
        conversation=conversation.id,
        active=active,
        active_status=status,
        active_seq=seq,
        running=[pk for pk, (status, _) in states.items() if status in RUNNING],
        queued=waiting_messages(conversation),
        draft=draft_of(conversation.owner, conversation),
    )
