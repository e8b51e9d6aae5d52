"""A real OpenAI-compatible server on a loopback port, whose every answer a test has written.

It runs in a thread with a loop of its own, so tests, Django and browsers may block as they like.

    from tests.scripted_upstream import ScriptedUpstream, finish, text, upstream, wait_for

    def test_something(upstream: ScriptedUpstream) -> None:
        upstream.script(model="alpha", steps=[text("Hel"), wait_for("go"), text("lo"), finish(usage=(3, 2))])
        ...                                  # let the product ask `upstream.base_url` for model "alpha"
        upstream.reached("go")               # blocks until the script stands at the gate ("Hel" is sent)
        upstream.release("go")               # opens it (before or after it is reached)
        seen = upstream.request(0)           # blocks until it has come
        seen.ended(); assert seen.text == "Hello" and not seen.closed_early

The fixture `upstream` comes with the import (a conftest.py may do it once).
Scripts: each request takes the next script of its model; the last one serves all that follow. A model
without a script is answered word for word with the last user message, usage included (`echo`).
Steps: text, reasoning, refusal, tool_call, chunk (a dict), event (data, name), comment, raw (bytes), finish,
error, wait_for (gate), hold (silent until the client goes), reset (RST), hang_up (FIN in mid body).
`refuse(status, body)` scripts an HTTP error; `script(headers=, status=, transfer=)` the rest. `transfer`:
"chunked", "close" (body ends with the connection) or "wire" (raw steps are the whole HTTP answer).
GET …/models lists `upstream.models`; a script for model "GET /models" replaces it.
In async tests call what blocks (`reached`, `request`, `ended`) through `asyncio.to_thread`.
"""

import asyncio
import json
import socket
import threading
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any

import pytest

from tests.scripted_connection import Connection, Gate
from tests.scripted_steps import (
    PATIENCE,
    Script,
    SeenRequest,
    Step,
    chunk,
    comment,
    delta,
    echo,
    error,
    event,
    finish,
    hang_up,
    hold,
    pause,
    raw,
    reasoning,
    refusal,
    reset,
    text,
    tool_call,
    wait_for,
)

__all__ = [
    "Script",
    "ScriptedUpstream",
    "SeenRequest",
    "Step",
    "chunk",
    "comment",
    "delta",
    "error",
    "event",
    "finish",
    "hang_up",
    "hold",
    "pause",
    "raw",
    "reasoning",
    "refusal",
    "reset",
    "text",
    "tool_call",
    "upstream",
    "wait_for",
]


class ScriptedUpstream:
    def __init__(self) -> None:
        self.models = ["alpha", "beta"]
        self.requests: list[SeenRequest] = []
        self.connections = 0  # accepted so far: tells whether the pool was used
        self._scripts: dict[str, list[Script]] = {}
        self._gates: dict[str, Gate] = {}
        self._changed = threading.Condition(threading.RLock())
        self._loop = asyncio.new_event_loop()
        self._closing = asyncio.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"
        self._tasks: set[asyncio.Task[None]] = set()
        self._transports: set[asyncio.Transport] = set()
        self._thread = threading.Thread(target=self._run, name="scripted-upstream", daemon=True)
        self._thread.start()

    # ---- for tests ----

    def script(self, *, model: str = "alpha", steps: Sequence[Step], **how: Any) -> None:
        with self._changed:
            self._scripts.setdefault(model, []).append(Script(list(steps), **how))

    def refuse(self, status: int, body: Any = b"", *, model: str = "alpha", **headers: str) -> None:
        """Scripts an HTTP answer; `body` bytes or JSON; `Retry_After="3"` becomes the header Retry-After."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
        self.script(model=model, steps=[raw(data)], status=status, headers=fields)

    def release(self, gate: str) -> None:
        self.gate(gate).release()

    def reached(self, gate: str, timeout: float = PATIENCE) -> None:
        assert self.gate(gate).reached.wait(timeout), f"no script has reached {gate!r}"

    def request(self, number: int, timeout: float = PATIENCE) -> SeenRequest:
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.requests) > number, timeout)
            assert came, "no such request came"
            return self.requests[number]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._closing.set)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the scripted upstream did not end"

    # ---- the server's own thread ----

    def connected(self, transport: asyncio.Transport) -> None:
        self.connections += 1
        self._transports.add(transport)

    def gate(self, name: str) -> Gate:
        with self._changed:
            return self._gates.setdefault(name, Gate(self._loop))

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await self._loop.create_server(lambda: Connection(self), sock=self._socket, backlog=512)
        await self._closing.wait()
        server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for transport in self._transports:
            transport.abort()
        await asyncio.sleep(0)  # a turn for the sockets to close

    def play(self, script: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(script)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def answer(self, request: SeenRequest) -> Script:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
            key = request.model if request.method == "POST" else f"GET /{request.path.rsplit('/', 1)[-1]}"
            waiting = self._scripts.get(key)
            if waiting:
                return waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if request.method == "POST":
            return echo(request)
        listing = {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}
        return Script([raw(json.dumps(listing).encode())], headers={"Content-Type": "application/json"})


@pytest.fixture
def upstream() -> Iterator[ScriptedUpstream]:
    server = ScriptedUpstream()
    yield server
    server.close()
