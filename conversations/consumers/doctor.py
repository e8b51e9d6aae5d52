"""The connection doctor's socket: frames at an even pace, then silence. What becomes of both on the way to a
browser tells what stands between. Each opening is one course, and then it is over.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from channels.generic.websocket import AsyncWebsocketConsumer

from conversations import lifecycle
from conversations.consumers.socket import FOREIGN_ORIGIN, NOT_SIGNED_IN
from conversations.signin import same_origin, session_key_of, user_of
from conversations.threads import in_database

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

TICKS = 25
EVERY = 0.1  # seconds; slower than any network's jitter, quicker than a proxy's patience
# A minute is what most proxies allow a silent connection. Nothing but the server's own pings keeps it.
SILENCE = 70.0


class DoctorConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.scope, self.base_send = scope, send
        await self.accept()
        if not same_origin(scope):
            await self.close(FOREIGN_ORIGIN)
            return
        if await in_database(user_of, session_key_of(scope)) is None:
            await self.close(NOT_SIGNED_IN)
            return
        house = lifecycle.started()
        house.sockets.add(self)
        course = asyncio.create_task(self._course())
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                if message.get("text") == "ping":
                    await self._say("pong")
        finally:
            course.cancel()
            house.sockets.discard(self)

    async def _course(self) -> None:
        await self._say("begin", ticks=TICKS, every_ms=round(EVERY * 1000), silence=SILENCE)
        for number in range(TICKS):
            await asyncio.sleep(EVERY)
            await self._say("tick", number=number)
        await self._say("still")
        await asyncio.sleep(SILENCE)
        await self._say("end")
        await self.close(1000)

    async def _say(self, type: str, **fields: object) -> None:
        await self.send(msgspec.json.encode({"type": type, **fields}).decode())

    async def say_bye(self) -> None:
        """The server is going away."""
        await self.close(4012)
