"""A ring reaches those who listen here at once and those elsewhere if the layer works; it never fails."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from channels.layers import BaseChannelLayer, InMemoryChannelLayer

from conversations import doorbell
from conversations.doorbell import Doorbell

PATIENCE = 60.0


class Ear:
    """A listener that can be waited for."""

    def __init__(self, bell: Doorbell, topic: str) -> None:
        self.heard: list[Any] = []
        self._rung = asyncio.Event()
        self._bell, self._topic = bell, topic
        bell.listen(topic, self._on_ring)

    def _on_ring(self, payload: dict[str, Any]) -> None:
        self.heard.append(payload.get("number"))
        self._rung.set()

    def close(self) -> None:
        self._bell.unlisten(self._topic, self._on_ring)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await self._rung.wait()
                self._rung.clear()


class Layer(InMemoryChannelLayer):  # type: ignore[misc]
    """Tells when groups change, so that a test knows from when on rings arrive."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = asyncio.Event()

    async def group_add(self, group: str, channel: str) -> None:
        await super().group_add(group, channel)
        self.changed.set()

    async def group_discard(self, group: str, channel: str) -> None:
        await super().group_discard(group, channel)
        self.changed.set()

    async def until_members(self, group: str, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.groups.get(group, {})) != count:
                await self.changed.wait()
                self.changed.clear()


@asynccontextmanager
async def hung(layer: BaseChannelLayer | None) -> AsyncIterator[Doorbell]:
    bell = Doorbell(layer)
    bell.attach()
    task = asyncio.create_task(bell.run())
    yield bell
    task.cancel()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(task, return_exceptions=True)


async def test_who_listens_here_hears_at_once() -> None:
    async with hung(None) as bell:
        ear, other = Ear(bell, "a"), Ear(bell, "b")
        bell.ring("a", {"number": 1})
        assert (ear.heard, other.heard) == ([1], [])
        ear.close()
        bell.ring("a", {"number": 2})
        assert ear.heard == [1]


async def test_it_rings_from_any_thread() -> None:
    async with hung(None) as bell:
        ear = Ear(bell, "a")
        await asyncio.to_thread(bell.ring, "a", {"number": 1})
        await ear.until(lambda: ear.heard == [1])


async def test_rings_before_the_beginning_are_lost() -> None:
    bell = Doorbell(None)
    ear = Ear(bell, "a")
    bell.ring("a", {"number": 1})
    assert ear.heard == []


async def test_a_ring_is_heard_once_in_each_process() -> None:
    layer = Layer()
    async with hung(layer) as here, hung(layer) as there:
        near, far = Ear(here, "a"), Ear(there, "a")
        await layer.until_members("a", 2)
        for number in range(3):
            here.ring("a", {"number": number})
        there.ring("a", {"number": 3})
        await far.until(lambda: sorted(far.heard) == [0, 1, 2, 3])
        await near.until(lambda: sorted(near.heard) == [0, 1, 2, 3])


async def test_who_left_leaves_the_group_too() -> None:
    layer = Layer()
    async with hung(layer) as bell:
        one, two = Ear(bell, "a"), Ear(bell, "a")
        await layer.until_members("a", 1)
        one.close()
        two.close()
        await layer.until_members("a", 0)


class Broken(Layer):
    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        raise ConnectionError("no Redis")


class Silent(Layer):
    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await asyncio.Event().wait()


@pytest.mark.parametrize("layer", [Broken, Silent])
async def test_a_layer_that_fails_is_only_logged(
    layer: type[Layer], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(doorbell, "CARRY", 0.01)
    async with hung(layer()) as bell:
        ear = Ear(bell, "a")
        with caplog.at_level(logging.WARNING):
            bell.ring("a", {"number": 1})
            await bell.carry("a", {"number": 2})
    assert ear.heard == [1]
    assert "did not take a ring" in caplog.text


async def test_rings_that_nobody_carries_take_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorbell, "OUTBOX", 5)
    bell = Doorbell(Silent())
    for number in range(100):
        bell.ring_far("a", {"number": number})
    waiting = [bell._outbox.get_nowait()[1]["number"] for _ in range(bell._outbox.qsize())]
    assert waiting == [95, 96, 97, 98, 99]


class Deaf(Layer):
    """Its client loses a cancellation, as redis-py does on Python 3.11."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return


async def test_it_ends_even_if_the_layer_swallows_the_cancellation() -> None:
    layer = Deaf()
    async with hung(layer) as bell:
        bell.ring("a")
        await layer.asked.wait()


class DeafAtFirst(Layer):
    """… and already while it connects."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def new_channel(self, prefix: str = "specific") -> str:
        self.asked.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return str(await super().new_channel(prefix))


class BreaksAtTheEnd(Layer):
    """Its cleaning up after a cancellation fails."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def receive(self, channel: str) -> dict[str, Any]:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            raise ConnectionError("no Redis") from error
        return {}


@pytest.mark.parametrize("kind", [DeafAtFirst, BreaksAtTheEnd])
async def test_it_ends_while_the_layer_comes_or_goes(kind: type[DeafAtFirst] | type[BreaksAtTheEnd]) -> None:
    layer = kind()
    async with hung(layer):
        await layer.asked.wait()


async def test_a_layer_that_cannot_be_heard_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = Layer()
    failures = [ConnectionError("no Redis")]
    join = layer.group_add

    async def group_add(group: str, channel: str) -> None:
        if failures:
            raise failures.pop()
        await join(group, channel)

    monkeypatch.setattr(layer, "group_add", group_add)
    async with hung(layer) as here, hung(layer) as there:
        ear = Ear(here, "a")
        await layer.until_members("a", 1)
        there.ring("a", {"number": 1})
        await ear.until(lambda: ear.heard == [1])
