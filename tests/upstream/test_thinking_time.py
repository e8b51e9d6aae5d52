"""How long a model reasoned before it answered."""

from types import SimpleNamespace

import pytest

from conversations.upstream import Delta, Endpoint, UpstreamClient
from tests.scripted_upstream import ScriptedUpstream, finish, reasoning, text, wait_for

BODY = {"model": "alpha", "messages": [{"role": "user", "content": "Hi"}]}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The reply's clock, which goes only when a test says so."""
    clock = SimpleNamespace(now=100.0)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr("conversations.upstream.reply.time", clock)
    return clock


async def read(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint, clock: SimpleNamespace
) -> int | None:
    """Four seconds pass after the first delta, ten after the second."""
    reply = client.reply(endpoint, BODY)
    waits = iter([("one", 4), ("two", 10)])
    async with reply:
        async for item in reply:
            assert isinstance(item, Delta)
            gate, seconds = next(waits, ("", 0))
            clock.now += seconds
            if gate:
                upstream.release(gate)
    return reply.reasoning_ms


async def test_it_lasts_from_the_first_thought_to_the_first_word(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint, clock: SimpleNamespace
) -> None:
    steps = [reasoning("Hm"), wait_for("one"), text("So"), wait_for("two"), text(" it is."), finish()]
    upstream.script(steps=steps)
    assert await read(client, upstream, endpoint, clock) == 4000


async def test_without_an_answer_it_lasts_to_the_end(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint, clock: SimpleNamespace
) -> None:
    steps = [reasoning("Hm"), wait_for("one"), reasoning("Hm"), wait_for("two"), finish("length")]
    upstream.script(steps=steps)
    assert await read(client, upstream, endpoint, clock) == 14000


async def test_an_answer_without_reasoning_has_none(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint, clock: SimpleNamespace
) -> None:
    steps = [text("Fine"), wait_for("one"), reasoning("Too late"), wait_for("two"), finish()]
    upstream.script(steps=steps)
    assert await read(client, upstream, endpoint, clock) is None
