"""A message as the page shows it: one template, for the page and for the frames that bring it."""

from collections.abc import Iterable
from uuid import UUID

import msgspec
from django.template.loader import render_to_string

from conversations import frames
from conversations.fragments import FRAGMENTS
from conversations.models import Conversation, Message
from conversations.models.prepared import PreparedObjects
from conversations.sending import Sent

_MESSAGE = PreparedObjects(Message, lambda message_id: Message.objects.filter(pk=message_id), UUID)


class _ToldMessage(msgspec.Struct):
    id: UUID
    client_id: UUID | None = None


class _Told(msgspec.Struct):
    message: _ToldMessage


def article(message: Message) -> str:
    """The message's element, safe HTML; rendered once while it does not change."""
    return FRAGMENTS.of(message, lambda: _rendered(message))


def _rendered(message: Message) -> str:
    # A plain string: the frames' encoder knows no SafeString, and `str()` would not make one of it.
    return render_to_string("conversations/_message.html", {"message": message}) + ""


def created_frame(message: Message, client_id: UUID | None = None) -> str:
    """The encoded `message.created`; `client_id` is the one under which it was asked for."""
    return frames.encode(
        frames.Created(
            frames.CreatedMessage(
                id=message.id,
                role=message.role,
                parent=message.parent_id,
                client_id=message.client_id or client_id,
                html=article(message),
                status=message.status,
            )
        )
    )


def created_again(conversation: Conversation, told: Iterable[str]) -> tuple[list[str], int]:
    """Frames that were made in another language, in this one and as things are now.

    And the number of the last event that the last of them shows.
    """
    made = [msgspec.json.decode(frame, type=_Told).message for frame in told]
    rows = conversation.messages.in_bulk([each.id for each in made])
    there = [(rows[each.id], each.client_id) for each in made if each.id in rows]
    again = [created_frame(message, client_id) for message, client_id in there]
    return again, there[-1][0].last_seq if there else 0


def created_frames(sent: Sent, client_id: UUID | None) -> list[str]:
    """The frames for what a verb made, the question first."""
    made = [message for message in (sent.question, sent.answer) if message is not None]
    return [created_frame(message, client_id) for message in made]


def done_frame(message_id: UUID) -> str | None:
    """The encoded `message.done`; None while the message still runs, "" when it is gone."""
    message = _MESSAGE.first(message_id)
    if message is None:
        return ""
    if message.is_running:
        return None
    return frames.encode(
        frames.Done(
            message=message.id,
            seq=message.last_seq,
            status=message.status,
            finish_reason=message.finish_reason or None,
            usage=message.usage,
            error=message.error or None,
            content=message.content,
            html=article(message),
            receipt=_receipt(message),
        )
    )


def _receipt(message: Message) -> frames.Receipt | msgspec.UnsetType:
    if message.stopped_in_ms is None:
        return msgspec.UNSET
    return frames.Receipt(message.stopped_in_ms, message.kept_tokens)
