"""Between tests that commit, the database is emptied: what holds rows, and not what migrations put there.

Django's own way calls `flush`: it touches each of fifty tables and then makes all permissions anew, which
took longer than most tests.
"""

from django.apps import apps
from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def clear_between_tests() -> None:
    """From now on, in this process."""
    TransactionTestCase._fixture_teardown = _clear  # type: ignore[attr-defined]


def _clear(test: TransactionTestCase) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        if full := _full_tables():
            cursor.execute(_UNCHECKED[connection.vendor])
            for table in full:
                cursor.execute(f"DELETE FROM {table}")


# Foreign keys are looked at when all is gone; on PostgreSQL by nobody, for whole tables go.
_UNCHECKED = {
    "sqlite": "PRAGMA defer_foreign_keys = ON",
    "postgresql": "SET LOCAL session_replication_role = replica",
}


def _full_tables() -> list[str]:
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - KEPT
    quoted = [connection.ops.quote_name(table) for table in sorted(tables)]
    looks = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in quoted]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(looks))
        return [table for (table,) in cursor.fetchall()]
