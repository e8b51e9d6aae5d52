"""What is to be rung after a verb: who must look, and what the pages of a conversation are told.

Plain lists of topics and payloads, so that it matters to nobody who rings them: a view, a socket or a runner.
Of what people type only the fact is rung; each page reads it for itself, and what it reads is the newest.
"""

from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language

from conversations import frames
from conversations.articles import created_frames
from conversations.doorbell import QUEUE, Payload, conversation_topic, message_topic, user_topic
from conversations.sending import Advance, Queued, Sent, Shown, Stopping
from conversations.sidebar import changed_frame

Ring = tuple[str, Payload]


def after_sending(sent: Sent, client_id: UUID | None, *, but: str = "") -> Iterator[Ring]:
    """The runner first, before anything is rendered. `but`: the socket that needs not hear of its draft."""
    if sent.repeated:
        return
    told, answer = sent.conversation, sent.answer
    yield QUEUE, {}
    created: Payload = {"frames": created_frames(sent, client_id), "message": str(answer.id)}
    if (language := get_language() or settings.LANGUAGE_CODE) != settings.LANGUAGE_CODE:
        # Pages in another one make the frames anew.
        created["language"] = language
    if sent.goes_on:
        created["after"] = answer.last_seq
    yield conversation_topic(told.id), created
    changed = changed_frame(told.id, title=told.title, updated_at=told.updated_at, running=True)
    yield user_topic(told.owner_id), {"changed": changed, "conversation": str(told.id)}
    if sent.draft_cleared:
        yield from after_typing(told.id, but=but)


def after_stopping(stopping: Stopping) -> list[Ring]:
    if stopping.generation is None:
        return []
    message = stopping.message
    said = {"frames": [frames.encode(frames.Stopping(message.pk))]}
    rings: list[Ring] = [
        (QUEUE, {"stop": str(stopping.generation.pk)}),
        (conversation_topic(message.conversation_id), said),
    ]
    if stopping.ended:
        # No runner will tell of its end.
        rings.append((message_topic(message.pk), {"ended": True}))
    return rings


def after_queueing(
    conversation_id: UUID, queued: Queued, client_id: UUID, *, but: str = ""
) -> Iterator[Ring]:
    if queued.sent is not None:
        yield from after_sending(queued.sent, client_id, but=but)
        yield from after_change_of_queue(conversation_id)
        return
    if queued.draft_cleared:
        yield from after_typing(conversation_id, but=but)
    if queued.advance is not None:
        yield from after_advance(queued.advance)
    else:
        yield from after_change_of_queue(conversation_id)


def after_advance(advance: Advance | None) -> Iterator[Ring]:
    if advance is None:
        return
    if advance.sent is not None:
        yield from after_sending(advance.sent, advance.client_id)
    yield from after_change_of_queue(advance.conversation_id)


def after_change_of_queue(conversation_id: UUID) -> list[Ring]:
    return [(conversation_topic(conversation_id), {"read": "queue"})]


def after_typing(conversation_id: UUID, *, but: str = "") -> list[Ring]:
    return [(conversation_topic(conversation_id), {"read": "draft", "but": but})]


def after_showing(shown: Shown) -> list[Ring]:
    said = {"frames": [frames.encode(frames.BranchChanged(shown.leaf_id))]}
    return [(conversation_topic(shown.conversation_id), said)]
