"""The answer of GET …/models, in every shape → model ids, in the server's order."""

from dataclasses import dataclass
from typing import Any

from conversations.upstream.errors import NotUnderstood
from conversations.upstream.unicode import clean

MAX_MODELS = 10_000
MAX_ID = 300  # characters; longer ones are no names
_LISTS = ("data", "models", "result", "items")
_NAMES = ("id", "name", "model", "slug")


@dataclass(frozen=True, slots=True)
class Listed:
    """One model of a list. `context_length`: tokens of prompt and answer together, if the server says it."""

    id: str
    context_length: int | None = None


def model_ids(value: Any) -> list[str]:
    """Each id once. Raises NotUnderstood if the value holds no list at all."""
    items = _items(value)
    if items is None:
        raise NotUnderstood(
            "The upstream answered the question for its models with something that is no list."
        )
    names = (clean(_name(item)) for item in items)
    return list(dict.fromkeys(name for name in names if name and len(name) <= MAX_ID))[:MAX_MODELS]


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
