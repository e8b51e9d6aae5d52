"""How long the server needs for the usage page, over a ledger of a million rows.

    python -m tests.benchmarks.usage [ROWS [DAYS]]

On SQLite, or on what TEST_DATABASE_URL names (`python -m tests.servers -- python -m tests.benchmarks.usage`).
Rows are made by the database itself: 200 people, 8 models at 2 providers, every outcome, over DAYS days.
"""

# First: nothing of the environment reaches what is measured.
import tests.environment  # noqa: F401  # isort: skip

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import django

ROWS, DAYS = 1_000_000, 365
ROUNDS = 5
# Milliseconds for a page, and for one over any days and whatever is crossed on it.
BAR, FREE_BAR = 200.0, 2000.0
PAGES = {
    "usage page, last 30 days": "?from={month}",
    "usage page, everything": "",
    "usage page, one person": "?user=person7",
    "usage page, one provider": "?provider=provider1",
    "usage page, one provider, 30 days": "?provider=provider1&from={month}",
    "usage page, one purpose, 30 days": "?purpose=answer&from={month}",
    "usage page, whole answers, 30 days": "?status=complete&from={month}",
    "usage page, one model, 200 days": "?model=model3&from={far}",
    "usage page, odd range": "?from={far}&to={near}",
    "usage page, people by models": "?rows=user&columns=model&from={month}",
    "usage page, stopped, by week": "?status=stopped&by=week",
    "usage page, people by days": "?rows=user&columns=day&from={far}",
}
FREE = ("200 days", "odd range", "people by")

# n: the row's number; r: some whole number that n does not predict (its last digits do, in SQLite). Columns
# that are not here are those of one ordinary row.
_VALUES = {
    "user_name": "'person' || (r / 100 % 200)",
    "provider_name": "'provider' || (r / 100000 % 2)",
    "model_requested": "'model' || (r / 30000 % 8)",
    "status": "CASE WHEN r / 500 % 20 = 0 THEN 'stopped' WHEN r / 500 % 33 = 0 THEN 'failed'"
    " ELSE 'complete' END",
    "finish_reason": "CASE WHEN r / 500 % 20 = 0 THEN '' ELSE 'stop' END",
    "prompt_tokens": "r % 4000",
    "completion_tokens": "r % 900",
    "total_tokens": "r % 4000 + r % 900",
    "cached_tokens": "r % 100",
    "ttft_ms": "r % 3000",
    "duration_ms": "r % 3000 + r % 9000",
    "cost": "(r % 900) * 0.00001",
}
_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n, r) AS (SELECT 2, 7919 UNION ALL SELECT n + 1,"
    " (r * 1103515245 + 12345) %% 2147483648 FROM numbers WHERE n < %s)",
    "postgresql": "WITH numbers AS (SELECT n, (random() * 2000000000)::bigint AS r"
    " FROM generate_series(2, %s) AS n)",
}


def seed(rows: int, days: int) -> None:
    """Fills the ledger, evenly over the last `days` days."""
    from django.db import connection

    from conversations.models import Generation

    begin = datetime.now(UTC) - timedelta(days=days)
    fields = {"user_name": "person1", "model_requested": "model1", "currency": "USD", "source": "reported"}
    ordinary = Generation.objects.create(
        **fields, created_at=begin, status="complete", attempts=1, prompt_tokens=1, cost=0
    )
    is_sqlite = connection.vendor == "sqlite"
    seconds = f"{begin.timestamp()} + n * {days * 86400 / rows}"
    iso = f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', {seconds}, 'unixepoch')"
    moment = iso if is_sqlite else f"to_timestamp({seconds})"
    values = _VALUES | dict.fromkeys(("created_at", "started_at", "ended_at"), moment)
    values["id"] = "printf('%%032x', n)" if is_sqlite else "gen_random_uuid()"
    columns = [str(field.column) for field in Generation._meta.concrete_fields]
    chosen = ", ".join(values.get(column, f"ordinary.{column}").replace("% ", "%% ") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_NUMBERS[connection.vendor]}"
            f" INSERT INTO conversations_generation ({', '.join(columns)})"
            f" SELECT {chosen} FROM numbers, conversations_generation AS ordinary WHERE ordinary.id = %s",
            [rows, ordinary.pk.hex if is_sqlite else ordinary.pk],
        )


def measure(client: Any, query: str) -> float:
    """Milliseconds of the server for one page, the quickest of a few: the machine may do other things.

    With SQLite, which works in this process, what the processor did; with PostgreSQL all that passed.
    """
    from django.db import connection

    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    taken = []
    for _ in range(ROUNDS + 1):
        begun = clock()
        response = client.get(f"/admin/usage/{query}")
        taken.append((clock() - begun) * 1000)
        assert response.status_code == 200, response.content[:500]
    return min(taken)


def run(rows: int, days: int) -> list[tuple[str, float]]:
    """(what, milliseconds) for each page, after making the rows and adding them up."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    from conversations.serving.assets import collect_if_changed
    from conversations.usage.rebuilding import rebuild

    collect_if_changed()
    seed(rows, days)
    begun = time.perf_counter()
    assert rebuild() == rows
    found = [("adding the ledger up anew", (time.perf_counter() - begun) * 1000)]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))
    today = datetime.now(UTC).date()
    days_ago = {"month": 29, "far": min(days, 203), "near": 11}
    dates = {name: today - timedelta(days=number) for name, number in days_ago.items()}
    return found + [(name, measure(client, query.format(**dates))) for name, query in PAGES.items()]


def main(rows: int = ROWS, days: int = DAYS) -> list[tuple[str, float]]:
    """In a database of its own, which is thrown away."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()
    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()
    old = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        return run(rows, days)
    finally:
        connection.creation.destroy_test_db(old, verbosity=0)
        teardown_test_environment()


def rows(size: int = 100_000) -> list[tuple[str, str, float, None, float | None]]:
    """(what, unit, figure, nothing beside it, bar) over a tenth of the rows, in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.usage", str(size), str(DAYS // 10)]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    found = [line.rsplit(maxsplit=2) for line in lines]
    return [(name.strip(), unit, float(figure), None, bar_of(name)) for name, unit, figure in found]


def bar_of(name: str) -> float | None:
    if not name.startswith("usage page"):
        return None
    return FREE_BAR if any(word in name for word in FREE) else BAR


if __name__ == "__main__":
    sizes = [int(argument) for argument in sys.argv[1:]]
    for name, milliseconds in main(*sizes):
        print(f"{name:44}{'ms':>6}{milliseconds:10.1f}")
