"""One decoded JSON object of a stream, in any server's dialect → a Chunk. Tolerant: what makes no sense is
left out.
"""

from typing import Any

import msgspec

from conversations.upstream.counts import Usage, usage_from
from conversations.upstream.errors import Reported
from conversations.upstream.reported import reported
from conversations.upstream.tool_calls import Fragment, fragment_from_function_call, fragments_from

# The same reasoning often stands in several fields at once: the first that has text counts.
_REASONING = (
    "reasoning_content",
    "reasoning",
    "reasoning_text",
    "thinking_content",
    "thinking",
    "thought",
    "reasoning_details",
    "thinking_blocks",
    "reasoning_steps",
)
_WRAPPERS = ("data", "result", "output", "response", "chunk")  # where gateways put the object
_THOUGHTS = ("thinking", "reasoning", "thought", "reasoning.text", "reasoning.summary", "summary_text")
_TEXTS = ("text", "content", "value", "thinking", "reasoning", "summary", "output_text", "thought")
_NOT_FINISHED = ("", "null", "none")
_MAX_DEPTH = 8


class Chunk(msgspec.Struct):
    """What one event says. Texts are as sent: halves of surrogate pairs and NUL are still in them."""

    content: str = ""
    reasoning: str = ""
    refusal: str = ""
    finish_reason: str | None = None
    model: str = ""
    id: str = ""
    usage: Usage | None = None
    tool_calls: list[Fragment] = []
    error: Reported | None = None
    message: bool = (
        False  # from a `message`, not a `delta`: with a finish_reason it is the whole answer (again)
    )
    done: bool = False  # [DONE]


def read(value: dict[str, Any]) -> Chunk:
    value = _unwrapped(value)
    choice = _first_choice(value["choices"]) if "choices" in value else _bare(value)
    chunk = _message(choice) if choice else Chunk()
    chunk.model, chunk.id = _word(value.get("model")), _word(value.get("id"))
    chunk.usage = _usage(value, choice)
    chunk.finish_reason = chunk.finish_reason or _finish_reason(value, None)
    chunk.error = reported(value) or _inner_error(choice) or _inner_error(value.get("x_groq"))
    return chunk


def _unwrapped(value: dict[str, Any]) -> dict[str, Any]:
    """What is beside the wrapped object (usage, an error) counts as in it."""
    if "choices" in value:
        return value
    for name in _WRAPPERS:
        inner = value.get(name)
        if isinstance(inner, dict) and ("choices" in inner or "response" in inner):
            return value | inner
    return value


def _bare(value: dict[str, Any]) -> dict[str, Any]:
    """A choice without a list of choices around it.

    Ollama's own {"message": {"content": …}, "done": true, "done_reason": "stop"}, or only a delta or a text.
    """
    message, delta = value.get("message"), value.get("delta")
    reason = value.get("done_reason") if value.get("done") is True else value.get("finish_reason")
    if isinstance(message, dict) or isinstance(delta, dict):
        return {"delta": message if isinstance(message, dict) else delta, "finish_reason": reason}
    text = next((value[name] for name in ("response", "result") if isinstance(value.get(name), str)), None)
    return {} if text is None else {"delta": {"content": text}, "finish_reason": reason}


def _inner_error(value: object) -> Reported | None:
    return reported({"error": value["error"]}) if isinstance(value, dict) and value.get("error") else None


def _first_choice(choices: object) -> dict[str, Any]:
    """Of several answers (n > 1) the first one; other indexes would mix into its text."""
    items = choices if isinstance(choices, list) else [choices]
    fitting = [item for item in items if isinstance(item, dict) and item.get("index") in (0, None, "0")]
    return fitting[0] if fitting else {}


def _message(choice: dict[str, Any]) -> Chunk:
    delta, message = choice.get("delta"), choice.get("message")
    whole = isinstance(message, dict) and not (isinstance(delta, dict) and any(delta.values()))
    source = message if whole else delta
    chunk = _fields(source) if isinstance(source, dict) else Chunk(content=_text(source))
    if not chunk.content and isinstance(choice.get("text"), str):  # the older completions' shape
        chunk.content = choice["text"]
    chunk.finish_reason = _finish_reason(choice, source)
    chunk.message = whole
    return chunk


def _fields(source: dict[str, Any]) -> Chunk:
    content, thoughts = split_parts(source.get("content"))
    if _is_thought(source):
        content, thoughts = "", content
    content = content or _transcript(source.get("audio"))
    refusal = split_parts(source.get("refusal"))[0] or _part_refusals(source.get("content"))
    calls = fragments_from(source.get("tool_calls")) or fragment_from_function_call(
        source.get("function_call")
    )
    return Chunk(content, thoughts or _reasoning(source), refusal, tool_calls=calls)


def _transcript(audio: object) -> str:
    """What a model that speaks says."""
    return _text(audio.get("transcript")) if isinstance(audio, dict) else ""


def _is_thought(source: dict[str, Any]) -> bool:
    """Gemini marks thoughts beside the content: {"extra_content": {"google": {"thought": true}}}."""
    extra = source.get("extra_content")
    google = extra.get("google") if isinstance(extra, dict) else None
    return isinstance(google, dict) and google.get("thought") is True


def _reasoning(source: dict[str, Any]) -> str:
    for name in _REASONING:
        text = _text(source.get(name))
        if text:
            return text
    return ""


def split_parts(value: object) -> tuple[str, str]:
    """A content (text, part, list of parts) → its text and its thoughts. Images, references and so on
    are left out.
    """
    parts = value if isinstance(value, list) else [value]
    texts: list[str] = []
    thoughts: list[str] = []
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        (thoughts if kind in _THOUGHTS else texts).append(_text(part))
    return "".join(texts), "".join(thoughts)


def _part_refusals(content: object) -> str:
    parts = content if isinstance(content, list) else [content]
    return "".join(_text(part.get("refusal")) for part in parts if isinstance(part, dict))


def _text(value: object, depth: int = _MAX_DEPTH) -> str:
    """The text in a string, a number, a part like {"type": "text", "text": …} or a list of them."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and depth:
        return "".join([_text(item, depth - 1) for item in value])
    if isinstance(value, dict) and depth:
        for name in _TEXTS:
            text = _text(value.get(name), depth - 1)
            if text:
                return text
        return ""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _finish_reason(choice: dict[str, Any], source: object) -> str | None:
    details = choice.get("finish_details")
    inner = source.get("finish_reason") if isinstance(source, dict) else None
    for value in (
        choice.get("finish_reason"),
        inner,
        details.get("type") if isinstance(details, dict) else None,
    ):
        if isinstance(value, str) and value.strip().lower() not in _NOT_FINISHED:
            return value.strip()
    return None


def _usage(value: dict[str, Any], choice: dict[str, Any]) -> Usage | None:
    groq, delta = value.get("x_groq"), choice.get("delta")
    places = (
        value.get("usage"),
        groq.get("usage") if isinstance(groq, dict) else None,
        choice.get("usage"),
        delta.get("usage") if isinstance(delta, dict) else None,
        value.get("usageMetadata"),
        value.get("amazon-bedrock-invocationMetrics"),
        value,  # Ollama's own counts stand in the object itself
    )
    return next((usage for usage in map(usage_from, places) if usage), None)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""
