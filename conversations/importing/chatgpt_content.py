"""What a message of ChatGPT's export says, as text: each kind of content that there is."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from conversations.importing.talks import items, mapping, text

# Marks of citations, between characters of the private use area; they lead nowhere outside ChatGPT.
_CITATION = re.compile("\ue200[^\ue201\n]{0,500}\ue201|[\ue200-\ue206]")
_FENCE = re.compile("^`{3,}", re.MULTILINE)


def words_of(message: Mapping[str, Any]) -> str:
    """ "" if it says nothing."""
    content = mapping(message.get("content"))
    kind = content.get("content_type")
    words = _KINDS.get(kind, _other)(content) if isinstance(kind, str) else _other(content)
    names = [text(mapping(each).get("name")) for each in _attachments(message)]
    files = [f"[File: {name}]" for name in names if name]
    return _CITATION.sub("", "\n\n".join(filter(None, [words, *files])))


def _attachments(message: Mapping[str, Any]) -> list[Any]:
    return items(mapping(message.get("metadata")).get("attachments"))


def _parts(content: Mapping[str, Any]) -> str:
    return "\n\n".join(filter(None, (_part(part) for part in items(content.get("parts")))))


def _part(part: Any) -> str:
    """A text, or something that the export holds beside its JSON and we do not have."""
    if isinstance(part, str):
        return text(part)
    part = mapping(part)
    kind = text(part.get("content_type"))
    if kind == "audio_transcription":
        return text(part.get("text"))
    if "image" in kind:
        prompt = text(mapping(mapping(part.get("metadata")).get("dalle")).get("prompt"))
        return f"[Image: {prompt}]" if prompt else "[Image]"
    if "audio" in kind or "video" in kind:
        return "[Audio]" if "audio" in kind else "[Video]"
    return text(part.get("text")) or (f"[{kind}]" if kind else "")


def _code(content: Mapping[str, Any]) -> str:
    code, language = text(content.get("text")), text(content.get("language"), 40)
    if not code.strip():
        return ""
    longest = max((len(mark) for mark in _FENCE.findall(code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language if language.isalnum() and language != 'unknown' else ''}\n{code}\n{fence}"


def _quote(content: Mapping[str, Any]) -> str:
    where = [text(content.get(name)) for name in ("title", "url")]
    return "\n\n".join(filter(None, ["\n".join(filter(None, where)), text(content.get("text"))]))


def _browsing(content: Mapping[str, Any]) -> str:
    return text(content.get("result")) or text(content.get("summary"))


def _error(content: Mapping[str, Any]) -> str:
    return ": ".join(filter(None, (text(content.get("name")), text(content.get("text")))))


def _screenshot(content: Mapping[str, Any]) -> str:
    return "[Screenshot]"


def _other(content: Mapping[str, Any]) -> str:
    """A kind that came later than this: whatever in it is text."""
    found = [text(content.get(name)) for name in ("text", "result", "output_str", "content", "summary")]
    return next(filter(None, [*found, _parts(content)]), "")


_KINDS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "text": _parts,
    "multimodal_text": _parts,
    "code": _code,
    "tether_quote": _quote,
    "sonic_webpage": _quote,
    "tether_browsing_display": _browsing,
    "system_error": _error,
    "computer_output": _screenshot,
}
