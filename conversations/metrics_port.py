"""Metrics of a process that serves no pages: the smallest HTTP server that Prometheus can ask."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping

from conversations.metrics import CONTENT_TYPE, exposition
from conversations.threads import in_page_thread

# Seconds for a request to be read; scrapers send theirs at once.
PATIENCE = 5.0


async def serve_metrics(
    port: int, gauges: Callable[[], Mapping[str, float]], host: str = "127.0.0.1"
) -> asyncio.Server:
    """Listens until closed. Answers whatever is asked with all metrics."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(
            OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError
        ):
            async with asyncio.timeout(PATIENCE):
                await reader.readuntil(b"\r\n\r\n")
                body = await in_page_thread(exposition, gauges())
                head = f"HTTP/1.1 200 OK\r\nContent-Type: {CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\n"
                writer.write(f"{head}Connection: close\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, host, port)
