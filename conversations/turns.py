"""The branch that a conversation's page shows: each message's article, mostly kept from before.

A long conversation has hundreds of messages that nobody changed since the last look: their rows are compared
as the database gave them, and only for those without a kept article an object is made.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from conversations.articles import article
from conversations.fragments import FRAGMENTS, digest
from conversations.models import Conversation, Message
from conversations.models.prepared import PreparedObjects, as_stored
from conversations.models.status import RUNNING
from conversations.present import up_to_now

Row = tuple[Any, ...]

_ROWS = PreparedObjects(
    Message, lambda conversation: Message.objects.filter(conversation=conversation).in_order(), UUID
)
_NAMES = [field.attname for field in Message._meta.concrete_fields]
_ID, _PARENT, _STATUS, _CONTENT, _REFUSAL, _USAGE = (
    _NAMES.index(name) for name in ("id", "parent_id", "status", "content", "refusal", "usage")
)


@dataclass(frozen=True, slots=True)
class Turn:
    """`html`: its element. The rest is what it weighs; see conversations/weighing.py."""

    id: UUID
    html: str
    is_running: bool
    content: str
    refusal: str
    read_usage: Callable[[], Any]

    @property
    def usage(self) -> Any:
        """Asked for of few messages of a conversation."""
        return self.read_usage()


def branch(conversation: Conversation) -> list[Turn]:
    """From the root to the leaf that is shown; a running answer is in it up to this moment."""
    rows = _ROWS.raw(conversation.id)
    siblings: dict[Any, list[Any]] = {}
    for row in rows:
        siblings.setdefault(row[_PARENT], []).append(row[_ID])
    return [_turn(row, siblings[row[_PARENT]]) for row in _path(rows, conversation.active_leaf_id)]


def _path(rows: Iterable[Row], leaf: UUID | None) -> list[Row]:
    by_id = {row[_ID]: row for row in rows}
    path: list[Row] = []
    at = as_stored(leaf)
    while row := by_id.get(at):
        path.append(row)
        at = row[_PARENT]
    return path[::-1]


def _turn(row: Row, variants: list[Any]) -> Turn:
    if row[_STATUS] in RUNNING:
        return _of_message(up_to_now(_message(row, variants)))
    key = digest((get_language(), row, variants))
    html = FRAGMENTS.get(key)
    if html is None:
        html = article(_message(row, variants))
        FRAGMENTS.keep(key, html)
    usage = partial(_ROWS.value, _USAGE, row[_USAGE])
    return Turn(_uuid(row[_ID]), html, False, row[_CONTENT], row[_REFUSAL], usage)


def _of_message(message: Message) -> Turn:
    html = article(message)
    return Turn(message.id, html, message.is_running, message.content, message.refusal, lambda: message.usage)


def _message(row: Row, variants: list[Any]) -> Message:
    message = _ROWS.made_of(row)
    message.variants = [_uuid(each) for each in variants]
    return message


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
