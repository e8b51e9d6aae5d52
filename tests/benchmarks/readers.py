"""Two ways to the same answer: read from the upstream, and read from our page's websocket."""

import asyncio
import json
import re
import time
import uuid
from types import TracebackType
from typing import Any, Self

import aiohttp

from tests.benchmarks.arrivals import Arrivals

ACK_EVERY = 50_000_000  # nanoseconds; a page acknowledges what it has painted
PASSWORD = "correct horse battery"
PATIENCE = aiohttp.ClientTimeout(total=120)


def _content(line: bytes) -> str:
    if not line.startswith(b"data: {"):
        return ""
    choices = json.loads(line[6:])["choices"]
    return str(choices[0]["delta"].get("content") or "") if choices else ""


class Plain:
    """The baseline: the usual client library, each chunk decoded, nothing else done with it."""

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/chat/completions"
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=PATIENCE)

    async def ask(self, model: str) -> Arrivals:
        body = {"model": model, "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
        seen = Arrivals()
        async with self._session.post(self._url, json=body) as response:
            async for line in response.content:
                if content := _content(line):
                    seen.add(content)
        return seen

    async def close(self) -> None:
        await self._session.close()


class Person:
    """Someone with an account, at the served address."""

    def __init__(self, url: str) -> None:
        self.url = url
        jar = aiohttp.CookieJar(unsafe=True)
        connector = aiohttp.TCPConnector(limit=0)
        self.session = aiohttp.ClientSession(
            cookie_jar=jar, headers={"Origin": url}, timeout=PATIENCE, connector=connector
        )

    async def make_account(self, link: str) -> None:
        await self.submit(link, link, username="alice", password1=PASSWORD, password2=PASSWORD)

    async def submit(self, page: str, address: str, **fields: str) -> str:
        """Fills in the form on `page`; returns where that leads."""
        async with self.session.get(page) as response:
            token = re.search(r'name="csrfmiddlewaretoken"\s+value="([^"]+)"', await response.text())
            assert token, f"{page} has no form ({response.status})"
        data = {"csrfmiddlewaretoken": token[1], **fields}
        headers = {"Referer": page}
        async with self.session.post(address, data=data, headers=headers, allow_redirects=False) as response:
            assert response.status in (302, 303), f"{address}: {response.status} {await response.text()}"
            return response.headers["Location"]

    async def begin(self, model: str) -> str:
        """Starts a conversation with a message; its id."""
        data = {"message": "Hello", "model": model, "client_id": str(uuid.uuid4())}
        location = await self.submit(f"{self.url}/", f"{self.url}/conversations/", **data)
        return location.rstrip("/").rpartition("/")[2]

    async def saved_text(self, conversation: str) -> str:
        """Of the answer that is shown last."""
        async with self.session.get(f"{self.url}/conversations/{conversation}/export.json") as response:
            export: dict[str, Any] = await response.json()
        [shown] = [message for message in export["messages"] if message["id"] == export["active"]]
        assert shown["status"] == "complete", shown
        return str(shown["content"])

    async def close(self) -> None:
        await self.session.close()


class Page:
    """An open conversation, whose answers are read as a browser's page reads them."""

    def __init__(self, person: Person, conversation: str) -> None:
        self.person, self.conversation = person, conversation

    async def __aenter__(self) -> Self:
        address = f"{self.person.url}/ws/conversations/{self.conversation}/"
        self.socket = await self.person.session.ws_connect(address, compress=15, max_msg_size=0)
        for message in (await self._until("hello"))["running"]:
            # By its name: it may have ended by now.
            await self.socket.send_json({"type": "subscribe", "message": message, "after": 0})
            await self._until("message.done")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.close()

    async def ask(self, model: str) -> Arrivals:
        """Asserts that the text which streamed is the text of the end."""
        seen, acked = Arrivals(), 0
        frame: dict[str, Any] = {"content": "Hello", "model": model, "client_id": str(uuid.uuid4())}
        await self.socket.send_json({"type": "message.send", **frame})
        while frame.get("type") != "message.done":
            frame = await self.socket.receive_json(loads=json.loads)
            assert frame["type"] not in ("error", "bye"), frame
            if frame["type"] not in ("delta", "snapshot"):
                continue
            seen.add(frame.get("content", ""))
            if time.monotonic_ns() - acked > ACK_EVERY:
                acked = time.monotonic_ns()
                await self.socket.send_json({"type": "ack", "message": frame["message"], "seq": frame["seq"]})
        assert (frame["status"], frame["content"]) == ("complete", seen.text), frame["error"]
        return seen

    async def _until(self, type: str) -> dict[str, Any]:
        async with asyncio.timeout(30):
            while True:
                frame: dict[str, Any] = await self.socket.receive_json(loads=json.loads)
                if frame["type"] == type:
                    return frame
