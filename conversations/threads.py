"""Where asynchronous code meets the database: threads for answers, one for what can wait, others for pages.

Channels would run all of it in one thread, in which one slow query holds up every socket. A task that
outlives a database restart must also never keep a dead connection: each call here ends with Django's check
of old connections.
"""

import asyncio
import contextvars
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils.translation import get_language, override

P = ParamSpec("P")
T = TypeVar("T")

# PostgreSQL makes a thread wait for the network, and its pool (chatsite/settings.py) has room for as many.
# SQLite only computes: more threads would but take turns at its lock and at Python's, which the loop needs
# for each token (with three, those of fifty streams were late by twice as much while others began and ended).
_THREADS = 1 if connection.vendor == "sqlite" else 8
# Seconds. Django's queries are mostly Python: at the default of 5 ms each thread that computes would hold up
# every token by that much, for the loop asks for Python's lock again after each look at its sockets.
sys.setswitchinterval(0.0005)
_UNDERWAY: set[asyncio.Future[Any]] = set()
_EXECUTOR = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="database")
# What nobody looks at meanwhile and may take its time: minutes, so that there are two of them.
_BACKGROUND = ThreadPoolExecutor(max_workers=2, thread_name_prefix="background")
# Apart, so that a page that takes seconds keeps no answer waiting; with the others within the pool's room.
_PAGES = ThreadPoolExecutor(max_workers=8, thread_name_prefix="page")


async def in_database(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs `function`, which may use the ORM and somebody waits for, in the caller's language.

    It has milliseconds: on SQLite every answer goes through the same thread.
    """
    return await asyncio.shield(_submit(_EXECUTOR, partial(_spoken, _language(), function, *args, **kwargs)))


async def in_background(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """As `in_database`, for what nobody looks at meanwhile, or what takes longer."""
    return await asyncio.shield(
        _submit(_BACKGROUND, partial(_spoken, _language(), function, *args, **kwargs))
    )


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _spoken(language: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    if language == _language():
        return function(*args, **kwargs)
    with override(language):
        return function(*args, **kwargs)


async def in_page_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs what makes a page, with the request's context variables; to its end, also if this is cancelled."""
    context = contextvars.copy_context()
    future = _submit(_PAGES, lambda: context.run(function, *args, **kwargs))
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        # What a person sent is carried out though they have left, and its body is closed after this.
        await asyncio.wait([future])
        raise


def _submit(executor: ThreadPoolExecutor, function: Callable[[], T]) -> "asyncio.Future[T]":
    def work() -> T:
        try:
            return function()
        finally:
            _let_go_of_connection()

    future = asyncio.get_running_loop().run_in_executor(executor, work)
    _UNDERWAY.add(future)
    future.add_done_callback(_UNDERWAY.discard)
    return future


async def idle(seconds: float) -> None:
    """Waits, but not longer than this, until our threads have nothing left to do for this loop.

    A task that is cancelled leaves its thread in the middle of a query.
    """
    loop = asyncio.get_running_loop()
    if underway := [future for future in list(_UNDERWAY) if future.get_loop() is loop]:
        await asyncio.wait(underway, timeout=seconds)


def _let_go_of_connection() -> None:
    """Django's check of old connections, but for SQLite's age.

    Our threads live as long as the process, and SQLite connections are theirs alone. Closing the last one
    would also write the whole WAL back and delete it, after every single call.
    """
    here = connections[DEFAULT_DB_ALIAS]
    if here.vendor == "sqlite":
        here.close_at = None
    here.close_if_unusable_or_obsolete()
