"""The live board's socket: administrators only, for as long as they are."""

import json
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.db import OperationalError

from conversations import lifecycle, live_board, sending
from conversations.consumers import live
from conversations.models import Provider
from tests.scripted_upstream import ScriptedUpstream, hold, text
from tests.sockets import PATIENCE, cookie_of


async def opened(user: User | None, origin: str = "http://testserver") -> WebsocketCommunicator:
    from chatsite.asgi import application

    cookie = await sync_to_async(cookie_of)(user) if user else ""
    headers = [(b"host", b"testserver"), (b"cookie", cookie.encode()), (b"origin", origin.encode())]
    socket = WebsocketCommunicator(application, "/ws/admin/live/", headers=headers)
    connected, _ = await socket.connect(timeout=PATIENCE)
    assert connected
    return socket


async def closed(socket: WebsocketCommunicator) -> int:
    while True:
        output = await socket.receive_output(timeout=PATIENCE)
        if output["type"] == "websocket.close":
            return int(output["code"])


async def frame(socket: WebsocketCommunicator, type: str) -> Any:
    while True:
        said = json.loads(await socket.receive_from(timeout=PATIENCE))
        if said["type"] == type:
            return said


async def test_an_administrator_sees_what_runs(
    house: lifecycle.House, admin: User, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(steps=[text("A word"), hold()])
    socket = await opened(admin)
    assert "Nothing runs" in (await frame(socket, "live"))["html"]
    sent = await sync_to_async(sending.start_conversation)(alice, content="Hello")
    while "alice" not in (picture := (await frame(socket, "live"))["html"]):
        pass
    assert str(sent.answer.pk) not in picture
    await socket.send_to(text_data=json.dumps({"type": "ping"}))
    await frame(socket, "pong")
    await socket.disconnect(timeout=PATIENCE)


async def test_others_do_not(house: lifecycle.House, alice: User, admin: User) -> None:
    assert await closed(await opened(None)) == 4401
    assert await closed(await opened(alice)) == 4404
    assert await closed(await opened(admin, "http://evil.example")) == 4403


async def test_it_ends_with_the_right(house: lifecycle.House, admin: User) -> None:
    socket = await opened(admin)
    await frame(socket, "live")
    await User.objects.filter(pk=admin.pk).aupdate(is_superuser=False)
    assert await closed(socket) == 4404


async def test_the_house_going_down_closes_it(house: lifecycle.House, admin: User) -> None:
    socket = await opened(admin)
    await frame(socket, "live")
    await lifecycle.drain()
    assert await closed(socket) == 4012


async def test_a_database_that_is_away_or_slow_is_told(
    house: lifecycle.House, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await opened(admin)
    await frame(socket, "live")
    monkeypatch.setattr(live, "SLOW", 0.01)
    look, answers = live_board.look, threading.Event()

    def away(meter: Any) -> Any:
        raise OperationalError("the server is shutting down")

    def slow(meter: Any) -> Any:
        answers.wait(PATIENCE)
        return look(meter)

    for trouble in (away, slow):
        monkeypatch.setattr(live_board, "look", trouble)
        await frame(socket, "live.blind")
    answers.set()
    await frame(socket, "live")
    await socket.disconnect(timeout=PATIENCE)
