"""The lifespan of servers that have one, such as uvicorn: our house begins and ends with theirs."""

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable, Mapping
from types import MethodType
from typing import Any

from django.db import DatabaseError

from conversations import lifecycle, providers
from conversations.threads import in_database

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

# Seconds for the end, as under Daphne; see conversations/serving/web.py.
DRAIN_SECONDS = 8.0


async def lifespan(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    await receive()
    try:
        await in_database(providers.sync_environment_provider)
    except DatabaseError as error:
        reason = f"The database cannot be used; did `manage.py migrate` run? ({type(error).__name__})"
        await send({"type": "lifespan.startup.failed", "message": reason})
        return
    lifecycle.start_in_running_loop()
    _be_told_first()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await lifecycle.drain()
    await send({"type": "lifespan.shutdown.complete"})


def _be_told_first() -> None:
    """Ends the house before the server ends.

    uvicorn hears a signal, closes all sockets as it likes, and only then tells the application: no page
    would be asked to come back. So we listen in its place and pass the signal on when we are ready.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        server = signal.getsignal(number)
        # Only a server's own method can be called later; elsewhere its shutdown event has to do.
        if isinstance(server, MethodType):
            asyncio.get_running_loop().add_signal_handler(number, _Ending(number, server).begin)


class _Ending:
    def __init__(self, number: signal.Signals, server: MethodType) -> None:
        self._number = number
        self._server = server
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """A second signal does not wait for anything."""
        if self._task is not None:
            self._pass_on()
            return
        self._task = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await lifecycle.end()
        except Exception:
            logger.exception("Running answers could not be saved in time")
        self._pass_on()

    def _pass_on(self) -> None:
        self._server(self._number, None)
