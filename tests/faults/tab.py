"""A tab as the protocol wants it: it comes back by itself, wherever it is let in, and keeps what it shows."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from tests.faults.services import Service

AGAIN = 0.2  # seconds between attempts to connect
PATIENCE = 120.0


class Tab:
    def __init__(self, session: aiohttp.ClientSession, webs: list[Service], conversation: str) -> None:
        self.session, self.conversation = session, conversation
        self._webs = itertools.cycle(webs)
        self.text, self.seq, self.message = "", 0, ""
        self.done: dict[str, Any] | None = None
        self.codes: list[int | None] = []
        self.frames: list[dict[str, Any]] = []
        self.breaches: list[str] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self._changed = asyncio.Condition()

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, session: aiohttp.ClientSession, webs: list[Service], conversation: str
    ) -> "AsyncIterator[Tab]":
        tab = cls(session, webs, conversation)
        task = asyncio.create_task(tab._live())
        try:
            yield tab
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _live(self) -> None:
        for web in self._webs:
            with contextlib.suppress(aiohttp.ClientError, ConnectionError, asyncio.TimeoutError):
                await self._visit(web)
            await asyncio.sleep(AGAIN)

    async def _visit(self, web: Service) -> None:
        address = f"{web.url}/ws/conversations/{self.conversation}/"
        async with self.session.ws_connect(
            address, headers={"Origin": web.url}, max_msg_size=0, timeout=aiohttp.ClientWSTimeout(ws_close=1)
        ) as socket:
            self.socket = socket
            if self.message:
                await socket.send_json({"type": "subscribe", "message": self.message, "after": self.seq})
            while True:
                await self.reads.wait()
                message = await socket.receive()
                if message.type != aiohttp.WSMsgType.TEXT:
                    break
                await self._hear(json.loads(message.data), socket)
            self.codes.append(socket.close_code)
            async with self._changed:
                self._changed.notify_all()

    async def _hear(self, frame: dict[str, Any], socket: aiohttp.ClientWebSocketResponse) -> None:
        self.frames.append(frame)
        kind = frame["type"]
        if kind in ("delta", "snapshot"):
            await self._apply(frame, socket)
        elif kind == "message.done":
            self.text, self.seq, self.done = frame["content"], frame["seq"], frame
        elif kind == "hello" and not self.message:
            # A page would have it in its HTML, also if it has just ended.
            await socket.send_json({"type": "subscribe", "message": frame["active"], "after": 0})
        elif kind == "branch.changed" and frame["active"] != self.message:
            self.text, self.seq, self.message = "", 0, frame["active"]
            await socket.send_json({"type": "subscribe", "message": frame["active"], "after": 0})
        async with self._changed:
            self._changed.notify_all()

    async def _apply(self, frame: dict[str, Any], socket: aiohttp.ClientWebSocketResponse) -> None:
        self.message = frame["message"]
        if frame["type"] == "snapshot":
            self.text, self.seq = frame["content"], frame["seq"]
        elif frame["from"] == self.seq + 1:
            self.text, self.seq = self.text + frame.get("content", ""), frame["seq"]
        elif frame["seq"] > self.seq:
            self.breaches.append(f"a gap after {self.seq}: {frame['from']}")
            await socket.send_json({"type": "subscribe", "message": self.message, "after": self.seq})
        await socket.send_json({"type": "ack", "message": self.message, "seq": self.seq})

    async def say(self, type: str, **fields: object) -> None:
        await self.until("an open socket", lambda tab: tab.socket is not None and not tab.socket.closed)
        assert self.socket is not None
        await self.socket.send_json({"type": type, **fields})

    async def until(self, what: str, come: Any) -> None:
        """Until `come(self)`; it is asked after each frame."""

        async def wait() -> None:
            async with self._changed:
                await self._changed.wait_for(lambda: come(self))

        try:
            await asyncio.wait_for(wait(), PATIENCE)
        except TimeoutError:
            last = self.frames[-3:]
            raise AssertionError(f"never: {what}. It shows {self.text[-60:]!r}, heard {last}") from None

    async def until_tokens(self, count: int) -> None:
        await self.until(f"{count} tokens", lambda tab: tab.text.count(" ") >= count)

    async def until_done(self) -> dict[str, Any]:
        await self.until("the end", lambda tab: tab.done is not None)
        assert self.done is not None
        return self.done

    async def reload(self) -> None:
        """Leaves, as a reload does; `_live` comes back, at another process if there is one."""
        assert self.socket is not None
        await self.socket.close()
