"""An OpenAI-compatible server that costs little and says when: `python -m tests.benchmarks.upstream`.

Prints its port. Model `N@R` answers with N tokens, R a second (0: as fast as it can). Each token is
"sequence:time ", its number from 1 and the monotonic clock in nanoseconds at which it was written.
"""

import asyncio
import json
import time
from typing import Any

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
# A token's chunk as real servers send it, with the text left out.
BEFORE = (
    b'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"bench",'
    b'"choices":[{"index":0,"delta":{"content":"'
)
AFTER = b'"},"finish_reason":null}]}\n\n'


def event(**fields: Any) -> bytes:
    return b"data: " + json.dumps({"id": "chatcmpl-1", "model": "bench", **fields}).encode() + b"\n\n"


class Connection(asyncio.Protocol):
    """One client; it may ask again on the same connection after its answer."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.received = b""
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.task is not None:
            self.task.cancel()

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, gap, body = self.received.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
        length = int(fields.get(b"content-length", 0))
        if not gap or len(body) < length:
            return
        self.received = body[length:]
        if head.startswith(b"GET"):
            listing = json.dumps({"data": [{"id": "1@0"}]}).encode()
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(listing) + listing)
            return
        tokens, rate = str(json.loads(body[:length])["model"]).split("@")
        self.task = asyncio.get_running_loop().create_task(self.answer(int(tokens), float(rate)))

    def write(self, data: bytes) -> None:
        self.transport.write(b"%x\r\n%s\r\n" % (len(data), data))

    async def answer(self, tokens: int, rate: float) -> None:
        self.transport.write(HEAD)
        begun = time.monotonic()
        for number in range(tokens):
            if rate and (pause := begun + number / rate - time.monotonic()) > 0:
                await asyncio.sleep(pause)
            self.write(BEFORE + b"%d:%d " % (number + 1, time.monotonic_ns()) + AFTER)
        self.write(event(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}]))
        usage = {"prompt_tokens": 5, "completion_tokens": tokens, "total_tokens": tokens + 5}
        self.write(event(choices=[], usage=usage))
        self.write(b"data: [DONE]\n\n")
        self.transport.write(b"0\r\n\r\n")


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
