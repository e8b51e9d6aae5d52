"""One client's connection to a scripted upstream: reads requests and plays each one's script."""

import asyncio
import json
import socket
import struct
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from tests.scripted_steps import Script, SeenRequest, Step


@contextmanager
def accepting_nothing() -> Iterator[str]:
    """The base URL of a port whose queue of connections is full, and nobody takes any."""
    full = socket.create_server(("127.0.0.1", 0), backlog=0)
    waiting = [socket.socket() for _ in range(4)]
    for each in waiting:
        each.setblocking(False)
        each.connect_ex(full.getsockname())
    yield f"http://127.0.0.1:{full.getsockname()[1]}/v1"
    for each in (full, *waiting):
        each.close()


class Gate:
    """A named place in a script: tests learn that it is reached and open it; it stays open."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.reached, self._open, self._loop = threading.Event(), asyncio.Event(), loop

    def release(self) -> None:
        self._loop.call_soon_threadsafe(self._open.set)

    async def wait(self, gone: asyncio.Event) -> None:
        self.reached.set()
        waits = [asyncio.ensure_future(event.wait()) for event in (self._open, gone)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()


class Desk(Protocol):
    """What a connection needs of the upstream it belongs to."""

    def connected(self, transport: asyncio.Transport) -> None: ...
    def gate(self, name: str) -> Gate: ...
    def answer(self, request: SeenRequest) -> Script: ...
    def play(self, script: Coroutine[Any, Any, None]) -> None: ...


class Connection(asyncio.Protocol):
    """One client connection; keep-alive, so that pools can be tested. No pipelining."""

    transport: asyncio.Transport

    def __init__(self, upstream: "Desk") -> None:
        self.upstream, self.buffer, self.gone, self.busy = upstream, b"", asyncio.Event(), False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.upstream.connected(transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, gap, rest = self.buffer.partition(b"\r\n\r\n")
        if not gap or self.busy:
            return
        lines = head.decode("latin-1").split("\r\n")
        fields = [line.partition(":") for line in lines[1:]]
        headers = {name.strip().lower(): value.strip() for name, _, value in fields}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            return
        self.buffer, self.busy = rest[length:], True
        method, path, _version = lines[0].split(" ")
        seen = SeenRequest(method, path, headers, json.loads(rest[:length]) if length else None)
        self.upstream.play(self._play(self.upstream.answer(seen), seen))

    def eof_received(self) -> None:
        self.gone.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()

    async def _play(self, script: Script, seen: SeenRequest) -> None:
        try:
            if script.transfer != "wire":
                self.transport.write(self._head(script))
            whole = await self._steps(script, seen)
            if whole and script.transfer == "chunked":
                self.transport.write(b"0\r\n\r\n")
            else:
                self.transport.close()
        finally:
            self.busy, seen.ended_at = False, time.monotonic()
            seen._ended.set()

    def _head(self, script: Script) -> bytes:
        chunked = script.transfer == "chunked"
        framing = {"Transfer-Encoding": "chunked"} if chunked else {"Connection": "close"}
        fields = "".join(f"{name}: {value}\r\n" for name, value in (script.headers | framing).items())
        return f"HTTP/1.1 {script.status} Scripted\r\n{fields}\r\n".encode("latin-1")

    async def _steps(self, script: Script, seen: SeenRequest) -> bool:
        """False: broken off, the body must not be ended properly."""
        for step in script.steps:
            if step.kind == "write":
                await self._write(step, script, seen)
            elif step.kind == "wait":
                await self.upstream.gate(step.name).wait(self.gone)
            elif step.kind == "pause":
                await asyncio.sleep(step.seconds)
            elif step.kind == "hold":
                await self.gone.wait()
            else:
                return self._break_off(step.kind)
            if self.gone.is_set():
                seen.closed_early = True
                return False
        return True

    async def _write(self, step: Step, script: Script, seen: SeenRequest) -> None:
        chunked = script.transfer == "chunked" and step.data
        self.transport.write(b"%x\r\n%s\r\n" % (len(step.data), step.data) if chunked else step.data)
        seen.sent += step.data
        seen.text += step.content
        await asyncio.sleep(0)  # a turn of the loop, so that a client that left is noticed

    def _break_off(self, kind: str) -> bool:
        if kind == "reset":
            linger = struct.pack("ii", 1, 0)  # on, 0 s: the kernel sends RST
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.transport.abort()
        return False
