"""The websocket's frames, typed once: what the page may say, and what it hears."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from conversations.sentences import NOT_A_FRAME, NOT_UNDERSTOOD


class _In(msgspec.Struct, tag_field="type"):
    """A frame from the page. Unknown fields are ignored, so that an older server understands a newer page."""


class Subscribe(_In, tag="subscribe"):
    message: UUID | None = None
    after: int = 0


class Send(_In, tag="message.send"):
    client_id: UUID
    content: str
    parent: UUID | None = None
    edits: UUID | None = None
    model: str | None = None


class Regenerate(_In, tag="message.regenerate"):
    message: UUID
    client_id: UUID
    model: str | None = None


class Continue(_In, tag="message.continue"):
    message: UUID
    client_id: UUID
    model: str | None = None


class Retry(_In, tag="message.retry"):
    message: UUID
    client_id: UUID
    model: str | None = None


class Stop(_In, tag="generation.stop"):
    message: UUID


class Queue(_In, tag="message.queue"):
    """Sent at once if nothing runs, else when what runs has ended."""

    client_id: UUID
    content: str
    model: str | None = None


class EditQueued(_In, tag="queue.edit"):
    client_id: UUID
    content: str


class RemoveQueued(_In, tag="queue.remove"):
    client_id: UUID


class SendQueued(_In, tag="queue.send"):
    client_id: UUID


class SaveDraft(_In, tag="draft.save"):
    content: str
    number: int = 0  # said again when it is kept


class ShowBranch(_In, tag="branch.show"):
    message: UUID


class Ack(_In, tag="ack"):
    message: UUID
    seq: int


class Ping(_In, tag="ping"):
    pass


Incoming = (
    Subscribe
    | Send
    | Regenerate
    | Continue
    | Retry
    | Stop
    | Queue
    | EditQueued
    | RemoveQueued
    | SendQueued
    | SaveDraft
    | ShowBranch
    | Ack
    | Ping
)


class BadFrame(ValueError):
    """`str()` says in words what is wrong with a frame."""


_decoder: msgspec.json.Decoder[Incoming] = msgspec.json.Decoder(Incoming)


def decode(text: str | bytes) -> Incoming:
    """One frame from the page. Raises BadFrame."""
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as error:
        raise BadFrame(NOT_UNDERSTOOD.format(words=error)) from error
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadFrame(NOT_A_FRAME) from error


def named(text: str | bytes) -> dict[str, str]:
    """The ids that a bad frame names, as far as they can be read, so that its error finds its way back."""
    try:
        frame = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}
    fields = frame if isinstance(frame, dict) else {}
    return {name: fields[name] for name in ("client_id", "message") if isinstance(fields.get(name), str)}


class _Out(msgspec.Struct, tag_field="type"):
    """A frame to the page."""


class WaitingMessage(msgspec.Struct):
    """A message in the queue; `held`: why it is not sent by itself, in a sentence."""

    client_id: UUID
    content: str
    model: str
    held: str
    created_at: str


class Hello(_Out, tag="hello"):
    conversation: UUID
    active: UUID | None
    running: list[UUID]
    # Of the active message: one that a page knows may have been continued while the page slept.
    active_status: str = ""
    active_seq: int = 0
    queued: list[WaitingMessage] = []
    draft: str = ""


class CreatedMessage(msgspec.Struct):
    id: UUID
    role: str
    parent: UUID | None
    client_id: UUID | None
    html: str
    status: str


class Created(_Out, tag="message.created"):
    message: CreatedMessage


class SettledBlocks(msgspec.Struct, omit_defaults=True):
    """`html` follows the blocks that settled before, or takes their place when `replace` is set."""

    html: str
    rest: str
    replace: bool = False


class Snapshot(_Out, tag="snapshot"):
    message: UUID
    seq: int
    content: str
    reasoning: str
    settled: SettledBlocks


class Delta(_Out, tag="delta"):
    message: UUID
    from_: int = msgspec.field(name="from")
    seq: int = 0
    content: str | UnsetType = UNSET
    reasoning: str | UnsetType = UNSET
    settled: SettledBlocks | UnsetType = UNSET


class Waiting(_Out, tag="message.waiting"):
    """Why nothing has come yet: `phase` in a word, `detail` in a sentence, `seconds` it may take."""

    message: UUID
    phase: str
    seconds: float
    detail: str
    # How long it took until the first token lately, with this model.
    usually_ms: int | UnsetType = UNSET


class Stopping(_Out, tag="message.stopping"):
    """The wish to stop was accepted; `message.done` follows when the upstream is closed."""

    message: UUID


class Receipt(msgspec.Struct):
    """Of a stop: milliseconds until the upstream was closed, and the tokens that are kept."""

    closed_ms: int
    tokens: int | None


class Done(_Out, tag="message.done"):
    message: UUID
    seq: int
    status: str
    finish_reason: str | None
    usage: dict[str, Any] | None
    error: str | None
    content: str
    html: str
    receipt: Receipt | UnsetType = UNSET


class QueueChanged(_Out, tag="queue.changed"):
    """Always the whole queue, the next to be sent first."""

    queued: list[WaitingMessage]


class DraftSaved(_Out, tag="draft.saved"):
    # A `draft.changed` before it is older than this page's own draft, one after it is newer.
    number: int


class DraftChanged(_Out, tag="draft.changed"):
    """What was typed in another tab."""

    content: str


class BranchChanged(_Out, tag="branch.changed"):
    """Another branch is shown, the one that ends in `active`."""

    active: UUID


class Changed(_Out, tag="conversation.changed"):
    conversation: UUID
    title: str
    running: bool
    updated_at: str
    url: str
    # What is not said has not changed.
    pinned: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    unread: bool | UnsetType = UNSET
    trashed: bool | UnsetType = UNSET


class Error(_Out, tag="error", omit_defaults=True):
    code: str
    detail: str
    client_id: str | None = None
    message: str | None = None


class Pong(_Out, tag="pong"):
    pass


class Bye(_Out, tag="bye"):
    retry_ms: int


_encoder = msgspec.json.Encoder()


def encode(frame: _Out) -> str:
    return as_bytes(frame).decode()


# As UTF-8.
as_bytes: Callable[[_Out], bytes] = _encoder.encode


def together(changes: list[str]) -> str:
    """Several encoded Changed frames as one: the last, with the ones before it in `others`."""
    *others, last = changes
    return f'{last[:-1]},"others":[{",".join(others)}]}}' if others else last
