"""What we compare ourselves with: the same stack as a tutorial would write it, as a process of its own.

    python -m tests.benchmarks.naive UPSTREAM      prints its port

Channels on Daphne, httpx's lines, a JSON frame for each token; no database, no accounts, nothing kept.
"""

import asyncio
import json
import socket
import sys
from typing import Any

import django
from django.conf import settings

settings.configure(SECRET_KEY="bench", ALLOWED_HOSTS=["*"], INSTALLED_APPS=["channels"], USE_TZ=True)
django.setup()

import httpx  # noqa: E402
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from daphne.server import Server  # noqa: E402
from django.urls import path  # noqa: E402


class Chat(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    client = httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None))
    task: "asyncio.Task[None] | None" = None

    async def receive_json(self, content: dict[str, Any], **more: Any) -> None:
        self.task = asyncio.create_task(self.reply(content["model"]))

    async def disconnect(self, code: int) -> None:
        if self.task is not None:
            self.task.cancel()

    async def reply(self, model: str) -> None:
        body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
        async with self.client.stream("POST", f"{sys.argv[1]}/chat/completions", json=body) as response:
            async for line in response.aiter_lines():
                if not line.startswith("data: {"):
                    continue
                choices = json.loads(line[6:])["choices"]
                if choices and choices[0]["delta"].get("content"):
                    await self.send_json({"type": "delta", "text": choices[0]["delta"]["content"]})
        await self.send_json({"type": "done"})


def main() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    application = ProtocolTypeRouter({"websocket": URLRouter([path("chat/", Chat.as_asgi())])})
    server = Server(application, endpoints=[f"tcp:port={port}:interface=127.0.0.1"], verbosity=0)
    server.ready_callable = lambda: print(port, flush=True)
    server.run()


if __name__ == "__main__":
    main()
