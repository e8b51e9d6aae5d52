"""The connection doctor's socket: an even course of frames, then silence, for whoever is signed in."""

import json

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User

from conversations import lifecycle
from conversations.consumers import doctor
from tests.sockets import PATIENCE, cookie_of


async def opened(user: User | None, origin: str = "http://testserver") -> WebsocketCommunicator:
    from chatsite.asgi import application

    cookie = await sync_to_async(cookie_of)(user) if user else ""
    headers = [(b"host", b"testserver"), (b"cookie", cookie.encode()), (b"origin", origin.encode())]
    socket = WebsocketCommunicator(application, "/ws/doctor/", headers=headers)
    connected, _ = await socket.connect(timeout=PATIENCE)
    assert connected
    return socket


async def types_until_end(socket: WebsocketCommunicator) -> list[str]:
    heard = []
    while (output := await socket.receive_output(timeout=PATIENCE))["type"] == "websocket.send":
        heard.append(json.loads(output["text"])["type"])
    assert output["code"] == 1000
    return heard


async def test_a_course_has_a_beginning_ticks_silence_and_an_end(
    house: lifecycle.House, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "EVERY", 0.001)
    monkeypatch.setattr(doctor, "SILENCE", 0.001)
    socket = await opened(alice)
    assert await types_until_end(socket) == ["begin", *["tick"] * doctor.TICKS, "still", "end"]
    await socket.disconnect()
    assert not house.sockets


async def test_it_answers_a_ping_and_nothing_else(house: lifecycle.House, alice: User) -> None:
    socket = await opened(alice)
    for said in ("nonsense", "x" * 10_000, '{"type": "ping"}', "ping"):
        await socket.send_to(text_data=said)
    heard = []
    while "pong" not in heard:
        heard.append(json.loads(await socket.receive_from(timeout=PATIENCE))["type"])
    assert heard.count("pong") == 1
    await socket.disconnect()


@pytest.mark.parametrize(("origin", "code"), [("http://testserver", 4401), ("http://evil.example", 4403)])
async def test_strangers_are_turned_away(house: lifecycle.House, origin: str, code: int) -> None:
    socket = await opened(None, origin)
    output = await socket.receive_output(timeout=PATIENCE)
    assert (output["type"], output["code"]) == ("websocket.close", code)
