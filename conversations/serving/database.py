"""The database at start: reachable, and of the shape that this version expects."""

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from conversations.serving import CannotStart

# Any number: what servers that start at the same moment agree on (PostgreSQL advisory lock).
MIGRATION_LOCK = 7_203_411
CONNECT_SECONDS = 10


def bring_up_to_date() -> int:
    """Applies what is not applied yet and returns how many migrations that were.

    Asks first, because `migrate` itself takes a second even when there is nothing to do.
    Raises CannotStart if the database does not answer or refuses.
    """
    try:
        _knock()
        return _migrate_one_at_a_time() if _count_missing() else 0
    except DatabaseError as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        name = "DATABASE_URL" if connection.vendor == "postgresql" else "DATA_DIR"
        raise CannotStart(f"{name}: the database cannot be used ({reason}).") from error


def _knock() -> None:
    """Connects once without the pool, which would try for seconds and then not say why it failed."""
    if connection.vendor != "postgresql":
        return
    import psycopg  # needed with PostgreSQL only

    with connection.wrap_database_errors:
        psycopg.connect(**{"connect_timeout": CONNECT_SECONDS} | connection.get_connection_params()).close()


def _count_missing() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrate_one_at_a_time() -> int:
    """Servers that start together queue here; all but the first then find nothing left to do.

    SQLite needs no lock of ours: its folder is held by one server.
    """
    if connection.vendor != "postgresql":
        return _migrate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            return _migrate()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def _migrate() -> int:
    missing = _count_missing()
    if missing:
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    return missing
