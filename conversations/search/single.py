"""One message that was saved, into PostgreSQL's index: the usual case, in two journeys to the server.

The general way (conversations/search/upkeep.py) takes eight. Planning both statements anew takes the server
longer than carrying them out, so they are functions, of which each connection keeps the plans; statements
that a client prepares would not survive a pooler between us and the server.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from conversations.search.entries import Entry
from conversations.search.in_postgres import vector_of

# A function with other parameters or columns needs another name: servers of the version before still run.
_NOTED = """
    CREATE OR REPLACE FUNCTION search_newest_notes()
    RETURNS TABLE (note bigint, version text, owner_id integer, conversation_id uuid, message_id uuid,
        role varchar, content text, refusal text, created_at timestamptz)
    LANGUAGE plpgsql ROWS 2 AS $body$
    BEGIN RETURN QUERY
        SELECT u.id, m.xmin::text, c.owner_id, m.conversation_id, m.id,
            m.role, m.content, m.refusal, m.created_at
        FROM (SELECT n.id, n.message_id FROM conversations_unindexed n ORDER BY n.id DESC LIMIT 2) u
        LEFT JOIN conversations_message m ON m.id = u.message_id
            AND m.status NOT IN ('queued', 'streaming') AND m.role IN ('user', 'assistant')
        LEFT JOIN conversations_conversation c ON c.id = m.conversation_id;
    END $body$
"""
# The message is held as it was read: who changes it meanwhile notes it anew, and is indexed after this. That
# the disk has it is not waited for: the note would come back together with the old passage.
_WRITE = """
    CREATE OR REPLACE FUNCTION search_write_noted(noted bigint, version text, at bigint, owner integer,
        talk uuid, said uuid, rank text, lexemes tsvector)
    RETURNS void LANGUAGE plpgsql AS $body$
    BEGIN
        PERFORM FROM conversations_message m WHERE m.id = said AND m.xmin::text = version FOR SHARE;
        IF NOT FOUND THEN RETURN; END IF;
        PERFORM set_config('synchronous_commit', 'off', true);
        DELETE FROM conversations_unindexed n WHERE n.id = noted;
        IF NOT FOUND THEN RETURN; END IF;
        INSERT INTO conversations_passage (id, owner_id, conversation_id, message_id, tier, words)
        VALUES (at, owner, talk, said, rank, lexemes)
        ON CONFLICT (message_id) DO UPDATE
        SET id = excluded.id, owner_id = excluded.owner_id, tier = excluded.tier, words = excluded.words;
    END $body$
"""
_COLUMNS = ("conversation__owner_id", "conversation_id", "id", "role", "content", "refusal", "created_at")


@dataclass(frozen=True, slots=True)
class Noted:
    """A note, and the row of its message; None if that is gone, or this is no message. `version` changes with
    each change of the row."""

    note: int
    message: dict[str, Any] | None
    version: str


def ensure(sender: Any, **_: Any) -> None:
    """After every migration, as the triggers."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for statement in (_NOTED, _WRITE):
            cursor.execute(statement)


def noted() -> list[Noted]:
    """The newest notes, two at most: whether there is one alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM search_newest_notes()")
        return [_noted(*row) for row in cursor.fetchall()]


def _noted(note: int, version: str, *columns: Any) -> Noted:
    message = dict(zip(_COLUMNS, columns, strict=True)) if version else None
    return Noted(note, message, version)


def write(one: Noted, entry: Entry) -> None:
    """Nothing, if the message or the note has changed. Raises IntegrityError if the moment is taken."""
    parameters = (
        one.note,
        one.version,
        entry.id,
        entry.owner_id,
        entry.conversation_id,
        entry.message_id,
        entry.tier,
        vector_of(entry),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_write_noted(%s, %s, %s, %s, %s, %s, %s, %s)", parameters)
