"""The answer of GET …/models, in every shape → the models, in the server's order."""

from dataclasses import dataclass
from typing import Any

from conversations.sentences import gettext_noop
from conversations.upstream.errors import NotUnderstood
from conversations.upstream.unicode import clean

_NO_LIST = gettext_noop("The upstream answered the question for its models with something that is no list.")
MAX_MODELS = 10_000
MAX_ID = 300  # characters; longer ones are no names
_LISTS = ("data", "models", "result", "items")
_NAMES = ("id", "name", "model", "slug")


MAX_CONTEXT = 1_000_000_000  # tokens; more is a mistake, or "no limit" written as a number
# vLLM, OpenRouter and Together, Groq, Mistral and LM Studio, llama.cpp (below "meta").
_CONTEXTS = ("max_model_len", "context_length", "context_window", "max_context_length", "n_ctx_train")


@dataclass(frozen=True, slots=True)
class Listed:
    """One model of a list. `context_length`: tokens of prompt and answer together, if the server says it."""

    id: str
    context_length: int | None = None


def listed_models(value: Any) -> list[Listed]:
    """Each id once. Raises NotUnderstood if the value holds no list at all."""
    items = _items(value)
    if items is None:
        raise NotUnderstood(_NO_LIST)
    found: dict[str, Listed] = {}
    for item in items:
        name = clean(_name(item))
        if name and len(name) <= MAX_ID:
            found.setdefault(name, Listed(name, _context(item)))
    return list(found.values())[:MAX_MODELS]


def _context(item: Any) -> int | None:
    if not isinstance(item, dict):
        return None
    meta = item.get("meta")
    both = (meta if isinstance(meta, dict) else {}) | item
    tokens = [_tokens(both[name]) for name in _CONTEXTS if name in both]
    return next((count for count in tokens if count), None)


def _tokens(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < len(str(MAX_CONTEXT)):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 < value < MAX_CONTEXT else None


def _items(value: Any) -> list[Any] | None:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return None
    for name in _LISTS:
        inner = value.get(name)
        if isinstance(inner, list):
            return inner
        if isinstance(inner, dict):  # {"data": {"models": […]}} or {"models": {"id": {…}}}
            return _items(inner) or list(inner)
    return None


def _name(item: Any) -> str:
    if isinstance(item, str):
        return item.strip()
    if not isinstance(item, dict):
        return ""
    return next((item[name].strip() for name in _NAMES if isinstance(item.get(name), str) and item[name]), "")
