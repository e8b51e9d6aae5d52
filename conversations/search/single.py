"""One message that was saved, into PostgreSQL's index: the usual case, in two statements.

The general way (conversations/search/upkeep.py) takes eight, and each of them is a journey to the server.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from conversations.search.entries import Entry
from conversations.search.in_postgres import vector_of

_NOTED = """
    SELECT u.id, m.xmin::text, c.owner_id, m.conversation_id, m.id, m.role, m.content, m.refusal, m.created_at
    FROM (SELECT id, message_id FROM conversations_unindexed ORDER BY id DESC LIMIT 2) u
    LEFT JOIN conversations_message m ON m.id = u.message_id
        AND m.status NOT IN ('queued', 'streaming') AND m.role IN ('user', 'assistant')
    LEFT JOIN conversations_conversation c ON c.id = m.conversation_id
"""
# The message is held as it was read: who changes it meanwhile notes it anew, and is indexed after this. That
# the disk has it is not waited for: the note would come back together with the old passage.
_WRITE = """
    WITH held AS MATERIALIZED (
        SELECT id, set_config('synchronous_commit', 'off', true) FROM conversations_message
        WHERE id = %(message)s AND xmin::text = %(version)s FOR SHARE
    ), taken AS (
        DELETE FROM conversations_unindexed USING held WHERE conversations_unindexed.id = %(note)s
        RETURNING conversations_unindexed.id
    )
    INSERT INTO conversations_passage (id, owner_id, conversation_id, message_id, tier, words)
    SELECT %(id)s, %(owner)s, %(conversation)s, %(message)s, %(tier)s, %(words)s::tsvector FROM taken
    ON CONFLICT (message_id) DO UPDATE
    SET id = excluded.id, owner_id = excluded.owner_id, tier = excluded.tier, words = excluded.words
"""


_COLUMNS = ("conversation__owner_id", "conversation_id", "id", "role", "content", "refusal", "created_at")


@dataclass(frozen=True, slots=True)
class Noted:
    """A note, and the row of its message; None if that is gone, or this is no message. `version` changes with
    each change of the row."""

    note: int
    message: dict[str, Any] | None
    version: str


def noted() -> list[Noted]:
    """The newest notes, two at most: whether there is one alone."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTED)
        return [_noted(*row) for row in cursor.fetchall()]


def _noted(note: int, version: str, *columns: Any) -> Noted:
    message = dict(zip(_COLUMNS, columns, strict=True)) if version else None
    return Noted(note, message, version)


def write(one: Noted, entry: Entry) -> None:
    """Nothing, if the message or the note has changed. Raises IntegrityError if the moment is taken."""
    parameters: dict[str, Any] = {
        "note": one.note,
        "version": one.version,
        "id": entry.id,
        "owner": entry.owner_id,
        "conversation": entry.conversation_id,
        "message": entry.message_id,
        "tier": entry.tier,
        "words": vector_of(entry),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, parameters)
