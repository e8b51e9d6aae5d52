"""What is to be rung after a verb: who must look, and what the pages of a conversation are told.

Plain lists of topics and payloads, so that it matters to nobody who rings them: a view, a socket or a runner.
Of what people type only the fact is rung; each page reads it for itself, and what it reads is the newest.
"""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.translation import get_language

from conversations import frames, listing
from conversations.articles import created_frames
from conversations.doorbell import QUEUE, Payload, conversation_topic, message_topic, user_topic
from conversations.models import Conversation
from conversations.sending import Advance, Queued, Sent, Shown, Stopping
from conversations.sidebar import changed_frame, frame_of

Ring = tuple[str, Payload]


def after_sending(sent: Sent, client_id: UUID | None, *, but: str = "") -> list[Ring]:
    """The runner first, for it has the longer way; but only when all is rendered, for an answer that ends
    before its pages hear of it would come to them too late. `but`: the socket that need not hear of its own
    draft.
    """
    if sent.repeated:
        return []
    told, answer = sent.conversation, sent.answer
    created: Payload = {"frames": created_frames(sent, client_id), "message": str(answer.id)}
    if (language := get_language() or settings.LANGUAGE_CODE) != settings.LANGUAGE_CODE:
        # Pages in another one make the frames anew.
        created["language"] = language
    if sent.goes_on:
        created["after"] = answer.last_seq
    changed = changed_frame(told.id, title=told.title, updated_at=told.updated_at, running=True)
    rings: list[Ring] = [
        (QUEUE, {}),
        (conversation_topic(told.id), created),
        (user_topic(told.owner_id), {"changed": changed, "conversation": str(told.id)}),
    ]
    return rings + (after_typing(told.id, but=but) if sent.draft_cleared else [])


def after_import(user: User) -> list[Ring]:
    """The beginning of the list as it is now; what is older is shown when somebody goes there."""
    newest = [entry.id for entry in listing.newest(user)]
    rows = listing.with_running(Conversation.objects.of(user).filter(pk__in=newest)).defer("system_prompt")
    topic = user_topic(user.pk)
    return [(topic, {"changed": frame_of(row), "conversation": str(row.pk)}) for row in rows]


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


def after_queueing(conversation_id: UUID, queued: Queued, client_id: UUID, *, but: str = "") -> list[Ring]:
    if queued.sent is not None:
        return after_sending(queued.sent, client_id, but=but) + after_change_of_queue(conversation_id)
    rings = after_typing(conversation_id, but=but) if queued.draft_cleared else []
    return rings + (after_advance(queued.advance) or after_change_of_queue(conversation_id))


def after_advance(advance: Advance | None) -> list[Ring]:
    if advance is None:
        return []
    sent = after_sending(advance.sent, advance.client_id) if advance.sent is not None else []
    return sent + after_change_of_queue(advance.conversation_id)


def after_change_of_queue(conversation_id: UUID) -> list[Ring]:
    return [(conversation_topic(conversation_id), {"read": "queue"})]


def after_typing(conversation_id: UUID, *, but: str = "") -> list[Ring]:
    return [(conversation_topic(conversation_id), {"read": "draft", "but": but})]


def after_showing(shown: Shown) -> list[Ring]:
    said = {"frames": [frames.encode(frames.BranchChanged(shown.leaf_id))]}
    return [(conversation_topic(shown.conversation_id), said)]
