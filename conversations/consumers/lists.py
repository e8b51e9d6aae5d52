"""The socket of a page that only lists conversations: what becomes of them, and nothing to be said back."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.models import User
from django.db import DatabaseError

from conversations import frames, lifecycle
from conversations.consumers.socket import FOREIGN_ORIGIN, GOING_DOWN, NOT_SIGNED_IN, RECHECK
from conversations.doorbell import Payload, user_topic
from conversations.elsewhere import Elsewhere
from conversations.signin import same_origin, session_key_of, user_of
from conversations.threads import in_database

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class ListConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.scope, self.base_send = scope, send
        self.house = lifecycle.started()
        if self.house.going_down:
            await self.accept()
            await self.say_bye()
            return
        if not same_origin(scope):
            await self._refuse(FOREIGN_ORIGIN)
            return
        user = await in_database(self._signed_in)
        if user is None:
            await self._refuse(NOT_SIGNED_IN)
            return
        await self._listen(user, receive)

    async def _refuse(self, code: int) -> None:
        """Browsers tell their pages no more than a code, and that only of a socket that was open."""
        await self.accept()
        await self.close(code)

    async def _listen(self, user: User, receive: Receive) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self.elsewhere = Elsewhere(lambda text: self._keep(self._say(text)))
        self.house.sockets.add(self)
        self.house.doorbell.listen(user_topic(user.pk), self._on_ring)
        # Not before: an open page asks for what it has missed, and from then on nothing may be missed.
        await self.accept()
        self._keep(self._recheck())
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                # Whatever it says: all that a page has to say is that it is there.
                if message["type"] == "websocket.receive":
                    await self._say(frames.encode(frames.Pong()))
        finally:
            self.house.sockets.discard(self)
            self.house.doorbell.unlisten(user_topic(user.pk), self._on_ring)
            self.elsewhere.close()
            for task in list(self.tasks):
                task.cancel()

    def _on_ring(self, payload: Payload) -> None:
        if payload.get("look"):
            self._keep(self._look())
        if "changed" in payload:
            self.elsewhere.note(payload["conversation"], payload["changed"])

    async def _recheck(self) -> None:
        while True:
            await asyncio.sleep(RECHECK * random.uniform(0.8, 1.2))
            await self._look()

    async def _look(self) -> None:
        try:
            if await in_database(self._signed_in) is None:
                await self.close(NOT_SIGNED_IN)
        except DatabaseError as error:
            # An outage signs nobody out; the next look will tell.
            logger.warning("A session could not be checked: %s", type(error).__name__)

    def _signed_in(self) -> User | None:
        return user_of(session_key_of(self.scope))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def say_bye(self) -> None:
        await self._say(frames.encode(frames.Bye(random.randint(0, 5000))))
        await self.close(GOING_DOWN)

    async def _say(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})
