"""A slow channel layer makes pages elsewhere late; it never holds up or ends the runner."""

import asyncio
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer
from django.contrib.auth.models import User

from conversations import lifecycle
from conversations.lifecycle import House
from conversations.models import Provider
from tests.runner.asking import PATIENCE, ask
from tests.scripted_upstream import ScriptedUpstream, finish, text, wait_for


class Slow(InMemoryChannelLayer):  # type: ignore[misc]
    """Takes no text until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.let = asyncio.Event(), asyncio.Event()

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        if "first" in message:
            self.asked.set()
            await self.let.wait()
        await super().group_send(group, message)


async def test_answers_that_end_while_the_layer_is_busy(
    transactional_db: None,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer = Slow()
    monkeypatch.setattr(lifecycle, "layer_to_others", lambda: layer)
    house = House(with_runner=True)
    house.start()
    upstream.script(steps=[text("One"), wait_for("one"), finish()])
    upstream.script(model="beta", steps=[text("Two"), wait_for("two"), finish()])
    one, two = await ask(house, alice), await ask(house, alice, model="beta")
    await one.text("One")
    await two.text("Two")
    async with asyncio.timeout(PATIENCE):
        await layer.asked.wait()
    upstream.release("one")
    upstream.release("two")
    assert (await one.ended())[0].content == "One"
    assert (await two.ended())[0].content == "Two"
    layer.let.set()
    three = await ask(house, alice, "Three")
    assert (await three.ended())[0].status == "complete"
    async with asyncio.timeout(PATIENCE):
        while not house.layer.was_asked:
            await house.layer.turn(within=0.05)
    assert house.trouble() == ""
    await house.drain()
