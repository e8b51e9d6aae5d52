"""Whatever an upstream said → its own words, short, on one line, without markup and secrets."""

import html
import json
import re
import unicodedata
from typing import Any

from conversations.upstream.unicode import clean

MAX_WORDS = 300  # characters of the upstream's words that a person is shown
_MAX_DEPTH = 6
_MAX_READ = 64 * 1024
_SAID_AS = (
    "message",
    "error",
    "detail",
    "details",
    "error_msg",
    "errorMessage",
    "error_message",
    "error_description",
    "msg",
    "Message",
    "status_msg",
    "faultstring",
    "fault",
    "reason",
    "title",
    "description",
    "errors",
    "raw",
    "base_resp",
    "type",
    "__type",
    "code",
)
_INVISIBLE = re.compile(r"<(script|style|head)\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<!--.*?(-->|$)|</?[a-z!][^<>]*(>|$)", re.IGNORECASE | re.DOTALL)
_KEY_LIKE = re.compile(r"(?<![A-Za-z0-9])(sk-|Bearer\s+)[A-Za-z0-9_\-.]{12,}")


def find_words(value: Any, depth: int = _MAX_DEPTH) -> str:
    """The most telling text inside any JSON value; "" if there is none."""
    if depth == 0 or not value:
        return ""
    if isinstance(value, str):
        return _unwrapped(value.strip(), depth)
    if isinstance(value, list):
        return "; ".join(filter(None, (find_words(item, depth - 1) for item in value[:3])))
    if not isinstance(value, dict):
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
    for name in _SAID_AS:
        words = find_words(value.get(name), depth - 1)
        if words:
            return words + _where(value) + _behind(value, words, depth)
    return ""


def _unwrapped(text: str, depth: int) -> str:
    """Gateways quote another server's JSON inside a string of their own."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return find_words(json.loads(text[:_MAX_READ]), depth - 1) or text
    except (ValueError, RecursionError):
        return text


def _where(value: dict[str, Any]) -> str:
    """FastAPI names the field beside the message: {"loc": ["body", "messages"], "msg": …}."""
    place = value.get("loc")
    return f" ({'.'.join(map(str, place[:6]))})" if isinstance(place, list) else ""


def _behind(value: dict[str, Any], words: str, depth: int) -> str:
    """OpenRouter wraps the real provider's words: {"message": "Provider returned error", "metadata":
    {"raw": …}}.
    """
    metadata = value.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    inner = find_words(raw, depth - 1)
    return f": {inner}" if inner and inner not in words else ""


def plain(text: str, *secrets: str) -> str:
    """One line of at most MAX_WORDS characters: no markup, no control characters, secrets masked."""
    text = masked(clean(text[:_MAX_READ]), *secrets)
    if "<" in text:
        text = _without_markup(text)
    text = "".join(" " if unicodedata.category(char) in ("Cc", "Cf") else char for char in text[:4096])
    text = " ".join(text.split())
    return text if len(text) <= MAX_WORDS else text[: MAX_WORDS - 1].rstrip() + "…"


def as_sentence(text: str) -> str:
    """With a mark at its end, so that another sentence can follow."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def masked(text: str, *secrets: str) -> str:
    """`secrets` longest first; what is shorter than four characters would mask ordinary words."""
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, "***")
    return _KEY_LIKE.sub(r"\1***", text)


def _without_markup(text: str) -> str:
    title = _TITLE.search(text)
    body = html.unescape(_TAG.sub(" ", _INVISIBLE.sub(" ", text)))
    page = bool(title) or "<html" in text[:1024].lower() or "<!doctype" in text[:1024].lower()
    if page and title and title[1].strip():
        return html.unescape(_TAG.sub(" ", title[1]))
    return body
