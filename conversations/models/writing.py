"""Transactions that write, one after the other where the database has one writer anyway."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_TURN = threading.Lock()


@contextmanager
def writing() -> Iterator[None]:
    """`transaction.atomic()`, in which threads of one process take turns on SQLite.

    SQLite lets a second writer sleep, for up to a tenth of a second each time; a lock wakes it at once.
    Not to be nested.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with _TURN, transaction.atomic():
        yield
