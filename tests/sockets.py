"""A page without a browser: opens the conversation's socket and keeps what it hears, as a page would."""

import asyncio
import json
import uuid
from typing import Any

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.test import Client

PATIENCE = 90.0  # seconds until a frame counts as missing

Frame = dict[str, Any]


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


class Page:
    """`heard` has every frame, `texts` what is shown of each answer, by the rules of the protocol."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.communicator = communicator
        self.heard: list[Frame] = []
        self.texts: dict[str, str] = {}
        self.seqs: dict[str, int] = {}

    @classmethod
    async def open(
        cls,
        user: User | None,
        conversation_id: object,
        *,
        origin: str = "http://testserver",
        cookie: str = "",
        language: str = "",
    ) -> "Page":
        from chatsite.asgi import application

        if user is not None:
            cookie = await sync_to_async(cookie_of)(user)
        headers = [(b"host", b"testserver"), (b"cookie", cookie.encode())]
        if origin:
            headers.append((b"origin", origin.encode()))
        path = f"/ws/conversations/{conversation_id}/" + (f"?language={language}" if language else "")
        page = cls(WebsocketCommunicator(application, path, headers=headers))
        connected, _ = await page.communicator.connect(timeout=PATIENCE)
        assert connected
        return page

    async def say(self, type: str, **fields: object) -> None:
        await self.communicator.send_to(text_data=json.dumps({"type": type, **fields}))

    async def ask(self, content: str, **fields: object) -> str:
        """Sends a message; returns its client_id."""
        client_id = str(uuid.uuid4())
        await self.say("message.send", client_id=client_id, content=content, **fields)
        return client_id

    async def next(self) -> Frame:
        frame: Frame = json.loads(await self.communicator.receive_from(timeout=PATIENCE))
        self.heard.append(frame)
        self._apply(frame)
        return frame

    async def until(self, type: str, **fields: object) -> Frame:
        """The next frame of this type that has these fields."""
        while True:
            frame = await self.next()
            if frame["type"] == type and all(frame.get(name) == value for name, value in fields.items()):
                return frame

    def all_heard(self, type: str) -> list[Frame]:
        """Whatever came of this type so far: of what has no order among other frames."""
        return [frame for frame in self.heard if frame["type"] == type]

    async def until_text(self, message: str, text: str) -> None:
        """Until the page shows this much of the answer."""
        while self.texts.get(message, "") != text:
            await self.next()

    async def closed(self) -> int:
        """The code with which the server closed."""
        while True:
            output = await self.communicator.receive_output(timeout=PATIENCE)
            if output["type"] == "websocket.close":
                return int(output["code"])
            self.heard.append(json.loads(output["text"]))

    async def leave(self) -> None:
        await self.communicator.disconnect(timeout=PATIENCE)

    def _apply(self, frame: Frame) -> None:
        message = str(frame.get("message"))
        if frame["type"] in ("snapshot", "message.done"):
            self.texts[message], self.seqs[message] = frame["content"], frame["seq"]
        elif frame["type"] == "delta":
            held = self.seqs.get(message, 0)
            assert frame["from"] == held + 1, f"a gap or a repetition after {held}: {frame}"
            self.texts[message] = self.texts.get(message, "") + frame.get("content", "")
            self.seqs[message] = frame["seq"]


async def in_thread(function: Any, *arguments: Any) -> Any:
    """For what blocks: the scripted upstream's `reached`, `request`, `ended`, and the ORM."""
    return await asyncio.to_thread(function, *arguments)
