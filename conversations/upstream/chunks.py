"""One event's data → Chunks, whatever dialect it is in, at the cost of one typed decode for the common one.

`decode` tries the shape that nearly every server sends (msgspec checks and reads it in one pass); what does
not fit is decoded as plain JSON, tolerantly, and read by `dialects.read`. Model output is hostile: huge
numbers, deep nesting and wrong types end as NotUnderstood or as nothing, never as a foreign exception.
"""

import json
import re
from typing import Annotated, Any, Literal

import msgspec

from conversations.sentences import NO_REASON, gettext_noop
from conversations.upstream.counts import usage_from
from conversations.upstream.dialects import Chunk, read
from conversations.upstream.errors import NotUnderstood, Reported
from conversations.upstream.sse import Event
from conversations.upstream.words import find_words

_NO_JSON = gettext_noop("The upstream sent a part of its answer that is not valid JSON.")
# A few servers write an exception's text where a chunk belongs; other words without JSON are keep-alives.
_FAILURE = re.compile(rb"\W{0,3}(internal )?(server )?error\b", re.IGNORECASE)
_WRAPPED = re.compile(rb"(?:data:\s*)+")  # by a proxy, once more
_DONE = re.compile(rb'\s*["\']?\[?DONE\]?["\']?\s*', re.IGNORECASE)


class _Delta(msgspec.Struct):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    # With a value in one of these the typed decode fails on purpose, and the tolerant way reads them.
    tool_calls: None = None
    function_call: None = None
    reasoning_text: None = None
    reasoning_details: None = None
    thinking_content: None = None
    thinking: None = None
    thought: None = None
    thinking_blocks: None = None
    reasoning_steps: None = None
    extra_content: None = None
    audio: None = None
    usage: None = None
    finish_reason: None = None


class _Choice(msgspec.Struct):
    delta: _Delta
    finish_reason: str | None = None
    index: Literal[0] = 0
    message: None = None
    text: None = None
    usage: None = None
    error: None = None
    finish_details: None = None


class _Common(msgspec.Struct):
    choices: Annotated[list[_Choice], msgspec.Meta(min_length=1, max_length=1)]
    id: str = ""
    model: str = ""
    usage: dict[str, Any] | None = None
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    error: None = None
    base_resp: None = None
    x_groq: None = None
    usageMetadata: None = None


_decode_common = msgspec.json.Decoder(_Common).decode


def decode(event: Event) -> list[Chunk]:
    """Nearly always one chunk; none for a keep-alive."""
    if not event.name or event.name != "error":
        try:
            return [_common(_decode_common(event.data))]
        except (ValueError, RecursionError):  # msgspec's errors and UnicodeDecodeError are ValueErrors
            pass
    return _tolerant(event)


def _common(value: _Common) -> Chunk:
    choice = value.choices[0]
    delta = choice.delta
    reason = choice.finish_reason
    return Chunk(
        delta.content or "",
        delta.reasoning_content or delta.reasoning or "",
        delta.refusal or "",
        _finished(reason) if reason is not None else None,
        value.model,
        value.id,
        usage_from(value.usage) if value.usage else None,
    )


def _finished(reason: str) -> str | None:
    reason = reason.strip()
    return None if reason.lower() in ("", "null", "none") else reason


def _tolerant(event: Event) -> list[Chunk]:
    if _DONE.fullmatch(event.data):
        return [Chunk(done=True)]
    if event.name == "error":
        return [Chunk(error=_error_event(event.data))]
    if wrapped := _WRAPPED.match(event.data):
        return decode(Event(event.name, event.data[wrapped.end() :]))
    value = parse(event.data)
    if value is None and _FAILURE.match(event.data):
        return [Chunk(error=_error_event(event.data))]
    if value is None and b"\n" in event.data:  # a server that ends events with one line end only
        return [
            chunk for line in event.data.split(b"\n") if line for chunk in decode(Event(event.name, line))
        ]
    if value is None and event.data.lstrip()[:1] in (b"{", b"["):
        raise NotUnderstood(_NO_JSON)
    return chunks_from(value)


def chunks_from(value: object) -> list[Chunk]:
    """A decoded event or body: an object, a list of them, or nothing that says anything."""
    items = value if isinstance(value, list) else [value]
    return [read(item) for item in items if isinstance(item, dict)]


def parse(data: bytes) -> Any:
    """JSON as Python's lenient parser takes it (NaN, raw control characters, lone surrogates); None if
    it is none.
    """
    try:
        return json.loads(data.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None


def _error_event(data: bytes) -> Reported:
    value = parse(data)
    chunks = chunks_from(value)
    if chunks and chunks[0].error:
        return chunks[0].error
    words = find_words(value) or data.decode("utf-8", "replace").strip()
    return Reported(words or NO_REASON)
