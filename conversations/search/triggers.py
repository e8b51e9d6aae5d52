"""The index in the database's own words, and the triggers that note what was written.

The triggers see every way in which a row can be written: verbs, the end of an answer, imports, an
administrator's own SQL. They only note ids; the words are cut later (conversations/search/upkeep.py).
"""

from typing import Any

from django.db import connection

from conversations.search.database import full_text

_ENDED = "NEW.status NOT IN ('queued', 'streaming') AND NEW.role IN ('user', 'assistant')"
_MESSAGE, _TITLE = "(NEW.conversation_id, NEW.id)", "(NEW.id, NULL)"
# Everything here is put together of this module's own words.
# ruff: noqa: S608
_NOTE = "INSERT INTO conversations_unindexed (conversation_id, message_id)"
# Name, moment, condition, what is noted.
_TRIGGERS = (
    ("message_made", "INSERT ON conversations_message", _ENDED, _MESSAGE),
    ("message_changed", "UPDATE OF content, refusal, status ON conversations_message", _ENDED, _MESSAGE),
    ("title_made", "INSERT ON conversations_conversation", "NEW.title <> ''", _TITLE),
    ("title_changed", "UPDATE OF title ON conversations_conversation", "NEW.title <> OLD.title", _TITLE),
)
# What was there before the index was.
_EVERYTHING = (
    f"{_NOTE} SELECT id, NULL FROM conversations_conversation WHERE title <> ''",
    f"{_NOTE} SELECT conversation_id, id FROM conversations_message "
    "WHERE status NOT IN ('queued', 'streaming') AND role IN ('user', 'assistant')",
)


def create(apps: Any, editor: Any) -> None:
    """In a migration: the index itself, and everything to be put into it."""
    for statement in (*full_text(editor.connection.vendor).CREATE, *_EVERYTHING):
        editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    for name, moment, *_ in _TRIGGERS:
        table = moment.rpartition(" ")[2]
        place = f" ON {table}" if editor.connection.vendor == "postgresql" else ""
        editor.execute(f"DROP TRIGGER IF EXISTS search_{name}{place}")
    for statement in full_text(editor.connection.vendor).DROP:
        editor.execute(statement)


def ensure_triggers(sender: Any, **_: Any) -> None:
    """After every migration: SQLite forgets a table's triggers whenever Django makes the table anew."""
    with connection.cursor() as cursor:
        if "conversations_unindexed" not in connection.introspection.table_names(cursor):
            return
        for trigger in _TRIGGERS:
            for statement in _statements(*trigger):
                cursor.execute(statement)


def _statements(name: str, moment: str, condition: str, row: str) -> list[str]:
    note = f"{_NOTE} VALUES {row}"
    if connection.vendor != "postgresql":
        made = f"CREATE TRIGGER IF NOT EXISTS search_{name} AFTER {moment}"
        return [f"{made} WHEN {condition} BEGIN {note}; END"]
    function = f"CREATE OR REPLACE FUNCTION search_{name}() RETURNS trigger LANGUAGE plpgsql AS"
    made = f"CREATE TRIGGER search_{name} AFTER {moment} FOR EACH ROW WHEN ({condition})"
    known = f"SELECT FROM pg_trigger WHERE tgname = 'search_{name}'"
    return [
        f"{function} $note$ BEGIN {note}; RETURN NULL; END $note$",
        f"DO $do$ BEGIN IF NOT EXISTS ({known}) "
        f"THEN {made} EXECUTE FUNCTION search_{name}(); END IF; END $do$",
    ]
