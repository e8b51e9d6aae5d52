"""The socket of pages that only list conversations: hears what becomes of mine, and nothing of others'."""

import asyncio
import io
import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.models import User

from conversations import filing, importing, lifecycle
from conversations.announcing import announce, announce_filed
from conversations.doorbell import Doorbell, layer_to_others, user_topic
from conversations.models import Conversation
from conversations.rings import after_import
from conversations.sidebar import changed_frame
from tests.sockets import PATIENCE, cookie_of
from tests.transfer.exports import chatgpt


async def opened(user: User | None, origin: str = "http://testserver") -> WebsocketCommunicator:
    from chatsite.asgi import application

    cookie = await sync_to_async(cookie_of)(user) if user else ""
    headers = [(b"host", b"testserver"), (b"cookie", cookie.encode()), (b"origin", origin.encode())]
    socket = WebsocketCommunicator(application, "/ws/conversations/", headers=headers)
    connected, _ = await socket.connect(timeout=PATIENCE)
    assert connected
    return socket


async def frame(socket: WebsocketCommunicator) -> Any:
    return json.loads(await socket.receive_from(timeout=PATIENCE))


async def ponged(socket: WebsocketCommunicator) -> None:
    """Everything that it says is there now, and that was nothing before this answer."""
    await socket.send_to(text_data='{"type": "ping"}')
    assert (await frame(socket))["type"] == "pong"


async def test_it_hears_of_mine_and_not_of_others(house: lifecycle.House, alice: User, bob: User) -> None:
    row = await Conversation.objects.acreate(owner=alice, title="Tides")
    mine, other = await opened(alice), await opened(bob)
    await ponged(mine)
    await ponged(other)
    await sync_to_async(filing.pin)(alice, [row.id])
    await sync_to_async(announce_filed)(alice, [row.id])
    said = await frame(mine)
    assert (said["type"], said["conversation"], said["title"], said["pinned"]) == (
        "conversation.changed",
        str(row.id),
        "Tides",
        True,
    )
    await ponged(other)
    await mine.disconnect(timeout=PATIENCE)
    await other.disconnect(timeout=PATIENCE)
    assert not house.sockets


async def test_it_hears_of_an_import(house: lifecycle.House, alice: User) -> None:
    socket = await opened(alice)
    await ponged(socket)
    data = json.dumps([chatgpt()]).encode()
    receive = sync_to_async(importing.receive)
    await receive(alice, io.BytesIO(data), "conversations.json", len(data))
    announce(await sync_to_async(after_import)(alice))
    assert (await frame(socket))["title"] == "Tides"
    await socket.disconnect(timeout=PATIENCE)


@pytest.mark.parametrize(("origin", "code"), [("http://testserver", 4401), ("http://evil.example", 4403)])
async def test_strangers_are_turned_away(house: lifecycle.House, origin: str, code: int) -> None:
    socket = await opened(None, origin)
    output = await socket.receive_output(timeout=PATIENCE)
    assert (output["type"], output["code"]) == ("websocket.close", code)


async def test_signing_out_closes_it(house: lifecycle.House, alice: User) -> None:
    socket = await opened(alice)
    await ponged(socket)
    alice.is_active = False
    await sync_to_async(alice.save)()
    output = await socket.receive_output(timeout=PATIENCE)
    assert (output["type"], output["code"]) == ("websocket.close", 4401)


@pytest.mark.skipif(not settings.ENVIRONMENT.redis_url, reason="without Redis there are no other processes")
async def test_it_hears_what_another_process_rings(house: lifecycle.House, alice: User) -> None:
    row = await Conversation.objects.acreate(owner=alice, title="Tides")
    socket = await opened(alice)
    await ponged(socket)
    bell = Doorbell(layer_to_others())
    bell.attach()
    frame_of_row = changed_frame(row.id, title="Tides", updated_at=row.updated_at, running=False)
    payload = {"changed": frame_of_row, "conversation": str(row.id)}

    async def ring() -> None:
        """Until it is heard: when the socket's process has joined, only the layer knows."""
        while True:
            bell.ring(user_topic(alice.pk), payload)
            await asyncio.sleep(0.05)

    tasks = [asyncio.create_task(bell.run()), asyncio.create_task(ring())]
    assert (await frame(socket))["title"] == "Tides"
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await socket.disconnect(timeout=PATIENCE)
