"""A conversation as a file tells it, whatever program wrote the file; and reading values that nobody vouches
for."""

import math
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from conversations.limits import printable
from conversations.sentences import gettext_noop

# Further back no chat goes; what is older is a mistake in the file.
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)


SENSELESS = gettext_noop("{number} messages that make no sense were left out.")


class Unfit(Exception):
    """One conversation cannot be taken in; `str()` is the reason, for its owner."""


@dataclass(slots=True)
class Said:
    """One message. `key` is the file's own name for it, `parent` the key of the one before."""

    key: str
    parent: str | None
    role: str
    content: str
    at: datetime | None = None
    reasoning: str = ""
    refusal: str = ""
    model: str = ""
    status: str = "complete"
    finish_reason: str = ""
    error: str = ""
    tool_calls: list[Any] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    usage: dict[str, Any] | None = None
    ttft_ms: int | None = None
    duration_ms: int | None = None


@dataclass(slots=True)
class Talk:
    """`source` and `source_id` are how it is known again; `notes` tell what of it was left out."""

    source: str
    source_id: str
    title: str
    messages: list[Said]
    active: str | None = None
    made_at: datetime | None = None
    changed_at: datetime | None = None
    model: str = ""
    system_prompt: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    archived: bool = False
    pinned: bool = False
    notes: list[str] = field(default_factory=list)


def planted(messages: Iterable[Said]) -> tuple[list[Said], int]:
    """Each message behind its parent; and how many were left out because their parents run in a circle.

    One whose parent is not in the file becomes a beginning.
    """
    by_key = {said.key: said for said in messages}
    children: dict[str | None, list[Said]] = {}
    for said in by_key.values():
        if said.parent not in by_key:
            said.parent = None
        children.setdefault(said.parent, []).append(said)
    found: list[Said] = []
    waiting = children.get(None, [])[::-1]
    while waiting:
        said = waiting.pop()
        found.append(said)
        waiting += children.get(said.key, [])[::-1]
    return found, len(by_key) - len(found)


def text(value: Any, most: int | None = None) -> str:
    """A string as it can be stored; "" for everything else."""
    return printable(value)[:most] if isinstance(value, str) else ""


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def moment(value: Any) -> datetime | None:
    """Seconds since 1970, or thousandths, millionths, billionths of them, or ISO 8601; None if unlikely."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else _since_1970(value)
    except (ValueError, OverflowError, OSError):
        return None
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return min(at, datetime.now(UTC)) if at > _OLDEST else None


def _since_1970(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    for _ in range(3):
        value = value / 1000 if value > 1e11 else value
    return datetime.fromtimestamp(value, UTC)


def count(value: Any) -> int | None:
    """A number as a column takes it."""
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
    return value if fits else None


def message_id(conversation: uuid.UUID, key: str) -> uuid.UUID:
    """The same message of the same conversation has the same id, however often it is taken in."""
    return uuid.uuid5(conversation, key)
