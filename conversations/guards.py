"""What the database itself refuses: to change a row of the ledger after its end.

Triggers, made anew after each migration: SQLite drops them whenever Django rebuilds a table.
"""

from typing import Any

from django.db import connections

from conversations.models import Generation
from conversations.models.status import FINAL

# What may still change: links to rows that are deleted, the name of a person who is, and our own marks.
FREE = frozenset(
    {
        "conversation",
        "message",
        "user",
        "provider",
        "user_name",
        "owner",
        "fence",
        "lease_until",
        "created_at",
    }
    | {"stop_requested_at", "rolled_up", "reserved_tokens"}
)
_SENTENCE = "a row of the ledger that has ended is never changed"


def final_columns() -> list[str]:
    """The columns of a request that has ended, which nobody changes."""
    fields = Generation._meta.concrete_fields
    return [str(field.column) for field in fields if field.name not in FREE and not field.primary_key]


def install(using: str = "default", **_: Any) -> None:
    """Makes the triggers in a database that has the tables."""
    connection = connections[using]
    table = Generation._meta.db_table
    distinct = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    changed = " OR ".join(f'OLD."{column}" {distinct} NEW."{column}"' for column in final_columns())
    final = ", ".join(f"'{status.value}'" for status in FINAL)
    condition = f"OLD.status IN ({final}) AND ({changed})"
    statements = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for statement in statements(table, condition):
            cursor.execute(statement)


def _sqlite(table: str, condition: str) -> list[str]:
    return [
        "DROP TRIGGER IF EXISTS ledger_is_final",
        f"CREATE TRIGGER ledger_is_final BEFORE UPDATE ON {table} WHEN {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{_SENTENCE}'); END",
    ]


def _postgresql(table: str, condition: str) -> list[str]:
    return [
        "CREATE OR REPLACE FUNCTION ledger_is_final() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SENTENCE}' USING ERRCODE = 'check_violation'; END $$",
        f"DROP TRIGGER IF EXISTS ledger_is_final ON {table}",
        f"CREATE TRIGGER ledger_is_final BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({condition}) "
        "EXECUTE FUNCTION ledger_is_final()",
    ]
