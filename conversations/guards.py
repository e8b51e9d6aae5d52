"""What the database itself refuses: to change a row of the ledger after its end, or the audit log.

Triggers, made anew after each migration: SQLite drops them whenever Django rebuilds a table.
"""

from typing import Any

from django.db import connections

from conversations.models import AuditEntry, Generation
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
_AUDIT = "the audit log is only written to"


def final_columns() -> list[str]:
    """The columns of a request that has ended, which nobody changes."""
    fields = Generation._meta.concrete_fields
    return [str(field.column) for field in fields if field.name not in FREE and not field.primary_key]


def install(using: str = "default", **_: Any) -> None:
    """Makes the triggers in a database that has the tables."""
    connection = connections[using]
    final = ", ".join(f"'{status.value}'" for status in FINAL)
    ledger = f"OLD.status IN ({final}) AND ({_changed(connection.vendor, final_columns())})"
    entry = [str(f.column) for f in AuditEntry._meta.concrete_fields if f.name != "actor"]
    guards = (
        ("ledger_is_final", "UPDATE", Generation, ledger, _SENTENCE),
        ("audit_is_final", "UPDATE", AuditEntry, _changed(connection.vendor, entry), _AUDIT),
        ("audit_stays", "DELETE", AuditEntry, "1 = 1", _AUDIT),
    )
    statements = _postgresql if connection.vendor == "postgresql" else _sqlite
    with connection.cursor() as cursor:
        for name, event, model, condition, sentence in guards:
            head = f"{name} BEFORE {event} ON {model._meta.db_table}"
            for statement in statements(name, head, condition, sentence):
                cursor.execute(statement)


def _changed(vendor: str, columns: list[str]) -> str:
    distinct = "IS DISTINCT FROM" if vendor == "postgresql" else "IS NOT"
    return " OR ".join(f'OLD."{column}" {distinct} NEW."{column}"' for column in columns)


def _sqlite(name: str, head: str, condition: str, sentence: str) -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {head} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{sentence}'); END",
    ]


def _postgresql(name: str, head: str, condition: str, sentence: str) -> list[str]:
    table = head.rpartition(" ")[2]
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'check_violation'; END $$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {head} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()",
    ]
