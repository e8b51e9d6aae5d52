"""Questions on their way: asked in the database, followed in the feed of the house that answers them."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError

from conversations import sending
from conversations.doorbell import QUEUE
from conversations.feed import Feed
from conversations.lifecycle import House
from conversations.models import Generation, Message
from conversations.threads import in_database

PATIENCE = 120.0  # seconds until something counts as never coming


class Asked:
    """One question; `feed` is where this process reads its answer."""

    def __init__(self, house: House, sent: sending.Sent) -> None:
        self.sent = sent
        self.conversation_id, self.message_id = sent.conversation.id, sent.answer.id
        self.feed = house.feeds.open(self.message_id)
        self._house = house
        self._changed = asyncio.Event()
        self.feed.listeners.add(self._changed.set)

    async def until(self, condition: Callable[[Feed], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition(self.feed):
                await self._changed.wait()
                self._changed.clear()

    async def text(self, content: str) -> None:
        await self.until(lambda feed: feed.content == content)

    async def ended(self) -> tuple[Message, Generation]:
        await self.until(lambda feed: feed.ended)
        self.leave()
        return await self.rows()

    async def rows(self) -> tuple[Message, Generation]:
        generation = await Generation.objects.select_related("message").aget(message=self.message_id)
        assert generation.message
        return generation.message, generation

    def leave(self) -> None:
        self.feed.listeners.discard(self._changed.set)
        self._house.feeds.release(self.feed)


async def ask(house: House, user: User, content: str = "Hello", **how: Any) -> Asked:
    """Asks in a new conversation and wakes the house's runner."""
    asked = await queue(house, user, content, **how)
    house.doorbell.ring(QUEUE)
    return asked


async def queue(house: House, user: User, content: str = "Hello", **how: Any) -> Asked:
    return Asked(house, await in_database(sending.start_conversation, user, content=content, **how))


def until(holds: Callable[[], bool]) -> None:
    """For what only the database says: looks again and again. Waits in its thread."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Watched:
    """Stands before a function that threads call: keeps what it returned, and fails on demand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        # Arguments and result of each call that did not fail.
        self.returned: list[tuple[tuple[Any, ...], Any]] = []
        self.failing = 0
        self._function = getattr(module, name)
        self._loop = asyncio.get_running_loop()
        self._called = asyncio.Event()
        self._lock = threading.Lock()
        monkeypatch.setattr(module, name, self)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with self._lock:
            failing, self.failing = self.failing, max(0, self.failing - 1)
        try:
            if failing:
                raise OperationalError("the database has gone away")
            result = self._function(*args, **kwargs)
            self.returned.append((args, result))
            return result
        finally:
            self._loop.call_soon_threadsafe(self._called.set)

    @property
    def results(self) -> list[Any]:
        return [result for _, result in self.returned]

    async def until(self, condition: Callable[["Watched"], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition(self):
                await self._called.wait()
                self._called.clear()


async def flushed(flush: Watched, asked: Asked) -> None:
    """Until all that the feed has now is in the log; `flush` watches claims.flush."""
    message_id, seq = asked.message_id, asked.feed.seq

    def is_logged(watched: Watched) -> bool:
        written = [entry for (_, _, entries), _ in watched.returned for entry in entries]
        return any(entry.claim.message_id == message_id and entry.seq_to >= seq for entry in written)

    await flush.until(is_logged)
