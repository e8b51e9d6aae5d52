"""The data folder: it must be ours to write, and, with SQLite in it, ours alone."""

import fcntl
import os
from pathlib import Path
from typing import IO

from conversations.serving import CannotStart


def hold(folder: Path, *, alone: bool) -> IO[str]:
    """Makes and locks `folder` for as long as the returned file is open.

    `alone`: no other server may hold it, as with a database file and answers that run in this process;
    several servers that share a PostgreSQL database may share the folder too.
    Raises CannotStart if the folder cannot be written or another server holds it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "serve.lock").open("a+")
    except OSError as error:
        raise CannotStart(f"DATA_DIR: {folder} cannot be written ({error.strerror}).") from error
    try:
        fcntl.flock(lock, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise CannotStart(f"DATA_DIR: another server (process {holder}) is using {folder}.") from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
