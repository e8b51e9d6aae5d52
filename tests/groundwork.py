"""Made once for all processes of a test run: a database with its tables, and the static files.

Both take seconds of a processor, which each worker of pytest-xdist would spend again. Their controller starts
this as a process, and whoever needs a part of it waits until that is there.

    python -m tests.groundwork      (with DATA_DIR, and DATABASE_URL for PostgreSQL)
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

NAME = "TEST_GROUNDWORK"  # of the variable by which workers find it
DATABASE, STATIC, TROUBLE = "database.ready", "static.ready", "trouble"
# Of which PostgreSQL makes the database of each worker.
TEMPLATE = "groundwork"
PATIENCE = 600.0  # seconds


def begin() -> None:
    """In the process that starts the others."""
    os.environ[NAME] = folder = tempfile.mkdtemp(prefix="chat-groundwork-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = {**os.environ, "DATA_DIR": folder}
    if address := os.environ.get("TEST_DATABASE_URL"):
        environment["DATABASE_URL"] = urlsplit(address)._replace(path=f"/{TEMPLATE}").geturl()
        make_template(address)
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-m", "tests.groundwork"], env=environment)
    atexit.register(process.kill)


def make_template(address: str) -> None:
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        connection.execute(f"CREATE DATABASE {TEMPLATE}")


def folder() -> Path | None:
    """Where it is; None if every process makes its own."""
    return Path(os.environ[NAME]) if NAME in os.environ else None


def wait_for(part: str) -> Path:
    """The folder, once this part is in it."""
    there = folder()
    assert there is not None
    deadline = time.monotonic() + PATIENCE
    while not (there / part).exists():
        assert not (there / TROUBLE).exists(), (there / TROUBLE).read_text()
        assert time.monotonic() < deadline, f"no {part}"
        time.sleep(0.05)
    return there


def bring_static_files(data: Path) -> None:
    """The collected files into a data folder: a link to them, and their stamp."""
    there = wait_for(STATIC)
    (data / "static").symlink_to(there / "static")
    shutil.copy(there / "static.stamp", data)


def lay(there: Path) -> None:
    import django
    from django.core.management import call_command
    from django.db import connections

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
    django.setup()
    from conversations.serving.assets import Collection

    collection = Collection()
    call_command("migrate", verbosity=0)
    for each in connections.all():
        each.close()
        getattr(each, "close_pool", bool)()
    (there / DATABASE).touch()
    collection.finish()
    (there / STATIC).touch()


def main() -> None:
    there = Path(os.environ["DATA_DIR"])
    try:
        lay(there)
    except BaseException as error:
        (there / TROUBLE).write_text(f"{type(error).__name__}: {error}")
        raise


if __name__ == "__main__":
    main()
