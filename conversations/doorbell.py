"""Who must look, now: rings within this process directly, and other processes through the channel layer.

A ring is a hint, never the truth: the database holds that, and whoever listens also looks by itself from
time to time. So a ring never fails, never waits, and may be lost. This is the only module that uses the
channel layer; one channel serves the whole process, however many pages it has.
"""

import asyncio
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from channels.layers import BaseChannelLayer, get_channel_layer
from django.conf import settings

from conversations.tally import tally

logger = logging.getLogger(__name__)

Payload = dict[str, Any]
Listener = Callable[[Payload], None]

QUEUE = "queue"
# Seconds. Memberships end on their own (a day in Redis, a minute in memory), so they are made again.
REJOIN = 20
# Seconds after which the layer counts as not there.
CARRY = 2.0
# Rings waiting for the layer; beyond that the oldest are dropped, as a full layer would.
OUTBOX = 2000


def conversation_topic(conversation_id: UUID) -> str:
    return f"conversation.{conversation_id.hex}"


def user_topic(user_id: int) -> str:
    return f"user.{user_id}"


def message_topic(message_id: UUID) -> str:
    return f"message.{message_id.hex}"


def layer_to_others() -> BaseChannelLayer | None:
    """The layer to other processes; None without Redis, for the in-memory one ends with this process."""
    return get_channel_layer() if settings.ENVIRONMENT.redis_url else None


class Doorbell:
    """Topics, those who listen to them here, and the layer to everyone elsewhere."""

    def __init__(self, layer: BaseChannelLayer | None = None) -> None:
        """`layer` is None where this is the only process: then there is nobody else to ring."""
        self._layer = layer
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._outbox: asyncio.Queue[tuple[str, Payload]] = asyncio.Queue(OUTBOX)
        self._memberships: asyncio.Event = asyncio.Event()
        # Set while what is rung far would be heard here.
        self._hears = asyncio.Event()
        self._name = uuid4().hex
        # What this process rings itself through the layer, and the number that it waits for.
        self._echo = f"echo.{self._name}"
        self._echoed: asyncio.Future[str] | None = None

    @property
    def reaches_far(self) -> bool:
        return self._layer is not None

    def listen(self, topic: str, listener: Listener) -> None:
        self._listeners[topic].add(listener)
        self._memberships.set()

    def unlisten(self, topic: str, listener: Listener) -> None:
        self._listeners[topic].discard(listener)
        if not self._listeners[topic]:
            del self._listeners[topic]
            self._memberships.set()

    def ring(self, topic: str, payload: Payload | None = None) -> None:
        """Rings here and everywhere, from any thread. Does nothing before `run` and after its end."""
        if self._loop is None or self._loop.is_closed():
            return
        if threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self.ring, topic, payload)
            return
        self.ring_near(topic, payload or {})
        self.ring_far(topic, payload or {})

    def ring_near(self, topic: str, payload: Payload) -> None:
        for listener in list(self._listeners.get(topic, ())):
            listener(payload)

    def ring_far(self, topic: str, payload: Payload) -> None:
        if self._layer is None:
            return
        if self._outbox.full():
            self._outbox.get_nowait()
            tally.lost_rings += 1
        self._outbox.put_nowait((topic, payload))

    def attach(self) -> None:
        """Takes the running loop as the one whose thread rings directly."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    async def run(self) -> None:
        """Carries rings to and from the layer until cancelled."""
        self.attach()
        if self._layer is None:
            return
        self.listen(self._echo, self._on_echo)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send())
            tasks.create_task(self._receive(self._layer))

    async def _send(self) -> None:
        while True:
            topic, payload = await self._outbox.get()
            await self.carry(topic, payload)

    async def carry(self, topic: str, payload: Payload) -> bool:
        """Rings far and waits until the layer has it; meanwhile the caller joins what comes. False if not."""
        if self._layer is None:
            return False
        message = {"type": "ring", "from": self._name, "topic": topic, **payload}
        try:
            async with asyncio.timeout(CARRY):
                await self._layer.group_send(topic, message)
            taken = True
        except Exception as error:
            taken = False
            # A lost ring is late, not wrong: pages and runners also look by themselves.
            tally.lost_rings += 1
            logger.warning("The channel layer did not take a ring: %s", type(error).__name__)
        _end_if_cancelled()
        return taken

    async def round_trip(self) -> float | None:
        """Seconds until a ring has come back through the layer; None if it does not, or there is no layer."""
        if self._layer is None:
            return None
        number = uuid4().hex
        try:
            async with asyncio.timeout(CARRY):
                await self._hears.wait()
            begun = time.perf_counter()
            self._echoed = asyncio.get_running_loop().create_future()
            if not await self.carry(self._echo, {"number": number}):
                return None
            async with asyncio.timeout(CARRY):
                while await self._echoed != number:
                    self._echoed = asyncio.get_running_loop().create_future()
        except TimeoutError:
            return None
        return time.perf_counter() - begun

    def _on_echo(self, payload: Payload) -> None:
        if self._echoed is not None and not self._echoed.done():
            self._echoed.set_result(payload["number"])

    async def _receive(self, layer: BaseChannelLayer) -> None:
        while True:
            # In a task of its own: whatever becomes of a cancellation in there, here it arrives.
            hearing = asyncio.create_task(self._hear(layer))
            try:
                await asyncio.wait({hearing})
            finally:
                hearing.cancel()
                await asyncio.wait({hearing})
            await asyncio.sleep(1)

    async def _hear(self, layer: BaseChannelLayer) -> None:
        """Until the layer breaks."""
        try:
            channel = await layer.new_channel()
            _end_if_cancelled()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_memberships(layer, channel))
                tasks.create_task(self._forward(layer, channel))
        except* Exception as group:
            names = {type(error).__name__ for error in group.exceptions}
            logger.warning("The channel layer cannot be heard: %s", ", ".join(sorted(names)))
        finally:
            self._hears.clear()

    async def _forward(self, layer: BaseChannelLayer, channel: str) -> None:
        while True:
            message = await layer.receive(channel)
            if message.get("from") != self._name or message["topic"] == self._echo:
                self.ring_near(message["topic"], message)

    async def _keep_memberships(self, layer: BaseChannelLayer, channel: str) -> None:
        joined: set[str] = set()
        while True:
            self._memberships.clear()
            wanted = set(self._listeners)
            for topic in joined - wanted:
                await layer.group_discard(topic, channel)
            for topic in wanted - joined:
                await layer.group_add(topic, channel)
            joined = wanted
            self._hears.set()
            _end_if_cancelled()
            try:
                async with asyncio.timeout(REJOIN):
                    await self._memberships.wait()
            except TimeoutError:
                joined = set()


def _end_if_cancelled() -> None:
    """Raises the cancellation that the layer's client may have swallowed.

    On Python 3.11 `wait_for`, which it uses, returns normally if what it waits for ends in the same moment.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
