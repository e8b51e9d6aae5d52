"""A page and its socket, by the rules of the protocol, over a network that is slow and breaks."""

import asyncio
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError

from conversations.doorbell import conversation_topic
from conversations.reader import Reader
from tests.simulation.process import Process, in_database

if TYPE_CHECKING:
    from tests.simulation.world import World


class Socket:
    """One connection: the server's end has a real reader; frames travel in order, the last may be lost."""

    def __init__(self, process: Process, page: "Page") -> None:
        self.process, self.page, self.world = process, page, page.world
        self.closed = asyncio.Event()
        self.unacknowledged: list[tuple[int, int]] = []
        self._arrives = 0.0
        house = process.house
        self.reader: Reader = process.do(
            Reader, self.send, feeds=house.feeds, mirrors=house.mirrors, done_frame=self._done_frame
        )
        self._topic = conversation_topic(self.world.rows.conversation_id)
        process.sockets.add(self)
        house.sockets.add(self)  # type: ignore[arg-type]
        process.do(house.doorbell.listen, self._topic, self._on_ring)
        self._task = process.spawn(self._run())

    async def _run(self) -> None:
        try:
            await self.reader.run()
        except DatabaseError:
            await self.say_bye()

    async def _done_frame(self, message_id: UUID) -> str | None:
        frame: str | None = await in_database(self.world.rows.done_frame, message_id)
        return frame

    def _on_ring(self, payload: dict[str, Any]) -> None:
        if "message" in payload and not self.closed.is_set():
            self.page.hear_of(payload["base"], payload["seq"])
            self.subscribe(after=payload["seq"], fresh=not payload["seq"])

    def subscribe(self, *, after: int, fresh: bool = False) -> None:
        if not self.closed.is_set():
            self.unacknowledged.clear()
            self.page.follows = True
            self.process.do(self.reader.subscribe, self.world.rows.message_id, after=after, fresh=fresh)

    async def say_bye(self) -> None:
        self.cut()

    async def send(self, text: str) -> None:
        frame = json.loads(text)
        if frame["type"] in ("delta", "snapshot"):
            self.unacknowledged.append((frame["seq"], len(text)))
            self.world.judge.check_window(sum(size for _, size in self.unacknowledged), len(text))
        loop = asyncio.get_running_loop()
        self._arrives = max(self._arrives, loop.time() + self.world.random.uniform(0, 0.05))
        loop.call_at(self._arrives, self._deliver, frame)

    def _deliver(self, frame: dict[str, Any]) -> None:
        if not self.closed.is_set():
            self.page.apply(frame)

    def acknowledge(self, seq: int) -> None:
        if self.closed.is_set():
            return
        self.unacknowledged = [(at, size) for at, size in self.unacknowledged if at > seq]
        self.process.do(self.reader.acknowledge, self.world.rows.message_id, seq)

    def cut(self) -> None:
        if self.closed.is_set():
            return
        self.closed.set()
        self._task.cancel()
        self.process.do(self.process.house.doorbell.unlisten, self._topic, self._on_ring)
        self.process.do(self.reader.close)
        self.process.sockets.discard(self)
        self.process.house.sockets.discard(self)


class Page:
    """What a person sees. `acknowledges` is taken away for a while by some courses."""

    replaces_at_the_end = True

    def __init__(self, world: "World") -> None:
        self.world, self.text, self.seq = world, "", 0
        # Whether it has the answer's element, and whether it waits for more of it.
        self.shown = self.follows = False
        self.acknowledges = True
        self.socket: Socket | None = None

    async def live(self) -> None:
        """Connects, to whatever process answers; and again whenever that ends."""
        while True:
            process = self.world.any_web()
            if process is not None:
                self.socket, self.follows = Socket(process, self), False
                process.spawn(self._begin(self.socket))
                await self.socket.closed.wait()
            await asyncio.sleep(self.world.random.uniform(0.1, 0.8))

    async def _begin(self, socket: Socket) -> None:
        """Takes an answer that it does not show from the server's HTML, and subscribes from there."""
        try:
            exists, base, seq = await in_database(self.world.rows.hello)
        except DatabaseError:
            socket.cut()
            return
        if exists and not self.shown:
            self.hear_of(base, seq)
        if exists:
            socket.subscribe(after=self.seq)

    def hear_of(self, base: str, seq: int) -> None:
        """A new answer, or one that goes on: its element takes the place of what was shown of it."""
        self.text, self.seq, self.shown = base, seq, True

    def apply(self, frame: dict[str, Any]) -> None:
        kind = frame["type"]
        if kind == "delta":
            self._append(frame)
        elif kind == "snapshot":
            self.text, self.seq = frame["content"], frame["seq"]
        elif kind == "message.done":
            self.seq, self.follows = frame["seq"], False
            if self.replaces_at_the_end:
                self.text = frame["content"]
        self.world.judge.check_page(self.text)
        if self.acknowledges and kind in ("delta", "snapshot"):
            asyncio.get_running_loop().call_later(0.05, self._acknowledge, self.socket, self.seq)

    def _append(self, frame: dict[str, Any]) -> None:
        if frame["from"] == self.seq + 1:
            self.text, self.seq = self.text + frame.get("content", ""), frame["seq"]
        elif frame["seq"] > self.seq and self.socket is not None:
            self.socket.subscribe(after=self.seq)

    def _acknowledge(self, socket: Socket | None, seq: int) -> None:
        if socket is not None:
            socket.acknowledge(seq)

    def acknowledge_again(self) -> None:
        self.acknowledges = True
        self._acknowledge(self.socket, self.seq)
