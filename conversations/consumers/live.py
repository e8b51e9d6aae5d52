"""The live board's socket: for administrators only, one picture a second, nothing to be said back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.utils.translation import activate

from conversations import lifecycle, live_board
from conversations.consumers.socket import FOREIGN_ORIGIN, GOING_DOWN, NO_CONVERSATION, NOT_SIGNED_IN
from conversations.metering import Meter
from conversations.signin import language_of, same_origin, session_key_of, user_of
from conversations.threads import in_page_thread

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

TICK = 1.0
# Seconds after which the page is told that the database takes long.
SLOW = 3.0
RIGHT = "conversations.view_generation"


class Closed(Exception):
    """Nobody may look any more; `code` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.scope, self.base_send = scope, send
        self.meter = Meter()
        activate(language_of(scope))
        await self.accept()
        house = lifecycle.started()
        if not same_origin(scope):
            await self.close(FOREIGN_ORIGIN)
            return
        house.sockets.add(self)
        telling = asyncio.create_task(self._tell())
        telling.add_done_callback(_complain)
        try:
            while (await receive())["type"] != "websocket.disconnect":
                # Whatever it was: all that a page has to say is that it is there.
                await self._say({"type": "pong"})
        finally:
            telling.cancel()
            house.sockets.discard(self)

    async def _tell(self) -> None:
        """Looks anew each time whether this is still an administrator."""
        while True:
            try:
                await self._say({"type": "live", "html": await self._look()})
            except Closed as closed:
                await self.close(closed.code)
                return
            except DatabaseError as error:
                logger.warning("The live board cannot look: %s", type(error).__name__)
                await self._say({"type": "live.blind"})
            await asyncio.sleep(TICK)

    async def _look(self) -> str:
        """One look at a time: threads that wait for a database that hangs are missing elsewhere."""
        looking = asyncio.ensure_future(in_page_thread(self._picture))
        while not (await asyncio.wait({looking}, timeout=SLOW))[0]:
            await self._say({"type": "live.blind"})
        return looking.result()

    def _picture(self) -> str:
        user = user_of(session_key_of(self.scope))
        if user is None:
            raise Closed(NOT_SIGNED_IN)
        if not user.is_staff or not user.has_perm(RIGHT):
            raise Closed(NO_CONVERSATION)
        # A plain string: what templates return is a kind of string that the codec does not know.
        return str.__str__(render_to_string("admin/_live.html", {"board": live_board.look(self.meter)}))

    async def say_bye(self) -> None:
        await self._say({"type": "bye", "retry_ms": 2000})
        await self.close(GOING_DOWN)

    async def _say(self, frame: dict[str, Any]) -> None:
        await self.base_send({"type": "websocket.send", "text": msgspec.json.encode(frame).decode()})


def _complain(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.error("The live board broke", exc_info=error)
