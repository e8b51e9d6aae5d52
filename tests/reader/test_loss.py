"""Two houses with a lossy layer between them: the page shows the same at every loss, only later."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.conf import settings
from django.contrib.auth.models import User

from conversations import lifecycle, mirror
from conversations.lifecycle import House
from conversations.models import Provider
from tests.lossy_layer import LossyLayer
from tests.reader.screen import Screen
from tests.runner.asking import queue
from tests.scripted_upstream import ScriptedUpstream, finish, pause, text

SHARES = [0.0, 0.3, 1.0]


@pytest.fixture(params=SHARES, ids=["0 %", "30 %", "100 %"])
def layer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> LossyLayer:
    behind = get_channel_layer() if settings.ENVIRONMENT.redis_url else InMemoryChannelLayer(capacity=1000)
    layer = LossyLayer(behind, drop=request.param, repeat=0.3, delay=0.05, seed=7)
    monkeypatch.setattr(lifecycle, "layer_to_others", lambda: layer)
    monkeypatch.setattr(mirror, "TICK", 0.2)
    return layer


@pytest.fixture
async def houses(layer: LossyLayer, transactional_db: None) -> AsyncIterator[tuple[House, House]]:
    """That of the pages, without a runner, and that of the runner."""
    here, there = House(with_runner=False), House(with_runner=True)
    here.start()
    there.start()
    yield here, there
    await here.drain()
    await there.drain()


async def test_three_pages_elsewhere_show_the_same(
    houses: tuple[House, House],
    layer: LossyLayer,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
) -> None:
    here, there = houses
    words = [step for number in range(60) for step in (text(f"word{number} "), pause(0.01))]
    upstream.script(steps=[*words, finish()])
    async with AsyncExitStack() as stack:
        screens = [await stack.enter_async_context(Screen.of(here)) for _ in range(3)]
        asked = await queue(there, alice)
        for screen in screens:
            screen.reader.subscribe(asked.message_id)
        message, _ = await asked.ended()
        done = [await screen.until("message.done") for screen in screens]
    assert message.content == upstream.request(0).text == "".join(f"word{n} " for n in range(60))
    assert {frame["content"] for frame in done} == {message.content}
    assert len(upstream.requests) == 1
    # Where the machine stands still words come together, in few messages: some may then be lucky.
    assert layer.dropped == {0.0: 0, 1.0: layer.sent}.get(layer.drop, layer.dropped)
    assert len(here.feeds) == 0
