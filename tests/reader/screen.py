"""A page that only reads: what a Reader sends to it is kept as a page would keep it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from conversations import articles, frames
from conversations.lifecycle import House
from conversations.reader import DoneFrame, Reader
from conversations.threads import in_database
from tests.sockets import PATIENCE, Frame, Page


async def from_rows(message_id: UUID) -> str | None:
    return await in_database(articles.done_frame, message_id)


class Screen(Page):
    """`reader` sends here; `ready` is cleared to keep it waiting, as a slow socket would."""

    def __init__(self, house: House, done_frame: DoneFrame = from_rows, *, at_once: bool = False) -> None:
        self.heard: list[Frame] = []
        self.sizes: list[int] = []
        self.texts: dict[str, str] = {}
        self.seqs: dict[str, int] = {}
        self._frames: asyncio.Queue[str] = asyncio.Queue()
        self.reader = Reader(
            self._take,
            feeds=house.feeds,
            mirrors=house.mirrors,
            done_frame=done_frame,
            send_now=self._take_now if at_once else None,
        )

    @classmethod
    @asynccontextmanager
    async def of(
        cls, house: House, done_frame: DoneFrame = from_rows, *, at_once: bool = False
    ) -> AsyncIterator["Screen"]:
        """`at_once`: the server takes frames without being waited for."""
        screen = cls(house, done_frame, at_once=at_once)
        task = asyncio.create_task(screen.reader.run())
        try:
            yield screen
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            screen.reader.close()

    async def _take(self, text: str) -> None:
        self._frames.put_nowait(text)

    def _take_now(self, payload: bytes) -> None:
        self._frames.put_nowait(payload.decode())

    @property
    def has_more(self) -> bool:
        return not self._frames.empty()

    async def next(self) -> Frame:
        text = await asyncio.wait_for(self._frames.get(), PATIENCE)
        frame: Frame = json.loads(text)
        self.heard.append(frame)
        if frame["type"] == "delta":
            self.sizes.append(len(text))
        self._apply(frame)
        return frame

    async def settled(self) -> None:
        """Until everything is sent that may be sent now: the reader has gone its round once more."""
        for _ in range(2):
            self.reader.say(frames.encode(frames.Pong()))
            await self.until("pong")
