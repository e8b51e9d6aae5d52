"""Made once for all processes of a test run: a database with its tables, and the static files.

Both take seconds of a processor, which each worker of pytest-xdist would spend again. Their controller starts
this as a process, which holds a lock for each part until that is there, or until it dies.

    python -m tests.groundwork      (with DATA_DIR, GROUNDWORK_LOCKS, and DATABASE_URL for PostgreSQL)
"""

import atexit
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

NAME = "TEST_GROUNDWORK"  # of the variable by which workers find it
PARTS = DATABASE, STATIC = "database.ready", "static.ready"
TROUBLE = "trouble"
# Of which PostgreSQL makes the database of each worker.
TEMPLATE = "groundwork"
HELD = "GROUNDWORK_LOCKS"  # of the variable that names the descriptors of the locks


def begin() -> None:
    """In the process that starts the others."""
    os.environ[NAME] = folder = tempfile.mkdtemp(prefix="chat-groundwork-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = {**os.environ, "DATA_DIR": folder}
    if address := os.environ.get("TEST_DATABASE_URL"):
        environment["DATABASE_URL"] = urlsplit(address)._replace(path=f"/{TEMPLATE}").geturl()
        make_template(address)
    locks = [_held(_lock(Path(folder), part)) for part in PARTS]
    environment[HELD] = " ".join(map(str, locks))
    command = [sys.executable, "-W", "ignore", "-m", "tests.groundwork"]
    process = subprocess.Popen(command, env=environment, pass_fds=locks)
    atexit.register(process.kill)
    # From now on they are held by that process alone.
    for lock in locks:
        os.close(lock)


def _lock(there: Path, part: str) -> Path:
    return there / f"{part}.lock"


def _held(lock: Path) -> int:
    descriptor = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


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
    with _lock(there, part).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
    trouble = there / TROUBLE
    assert (there / part).exists(), trouble.read_text() if trouble.exists() else f"no {part}"
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
    database, static = map(int, os.environ[HELD].split())
    _done(there / DATABASE, database)
    collection.finish()
    _done(there / STATIC, static)


def _done(part: Path, lock: int) -> None:
    part.touch()
    os.close(lock)


def main() -> None:
    there = Path(os.environ["DATA_DIR"])
    try:
        lay(there)
    except BaseException as error:
        (there / TROUBLE).write_text(f"{type(error).__name__}: {error}")
        raise


if __name__ == "__main__":
    main()
