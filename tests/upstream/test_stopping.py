"""Stop, at any moment, over real sockets: the connection closes, the pool lives on."""

import asyncio
import contextlib
import random

import pytest

from conversations.upstream import Delta, Endpoint, Interrupted, Reply, UpstreamClient, UpstreamError
from tests.scripted_upstream import ScriptedUpstream, finish, hold, text, wait_for
from tests.upstream.reading import BODY, collect, content


async def test_a_cancelled_reader_closes_the_connection(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.script(steps=[text("Hel"), wait_for("never"), text("lo"), finish()])
    reply = client.reply(endpoint, BODY)
    task = asyncio.create_task(collect(reply))
    await asyncio.to_thread(upstream.reached, "never")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    seen = await asyncio.to_thread(upstream.request(0).ended)
    assert seen.closed_early


@pytest.mark.parametrize("moment", ["before", "waiting", "after", "twice"])
async def test_aclose_at_any_moment(
    moment: str, client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.script(steps=[text("Hel"), hold()])
    reply = client.reply(endpoint, BODY)
    if moment != "before":
        first = await anext(reply)
        assert first == Delta("Hel", "", "")
    reading = asyncio.ensure_future(anext(reply)) if moment == "waiting" else None
    await asyncio.sleep(0)
    await reply.aclose()
    if moment == "twice":
        await reply.aclose()
    with pytest.raises(Interrupted):
        await (reading or anext(reply))
    if moment != "before":
        assert (await asyncio.to_thread(upstream.request(0).ended)).closed_early


async def test_aclose_while_it_connects_or_waits_for_the_head(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.script(steps=[hold()], transfer="wire")
    reply = client.reply(endpoint, BODY)
    reading = asyncio.ensure_future(anext(reply))
    await asyncio.to_thread(upstream.request, 0)
    await reply.aclose()
    with pytest.raises(Interrupted):
        await reading
    assert (await asyncio.to_thread(upstream.request(0).ended)).closed_early


async def test_a_complete_reply_stays_complete_when_closed(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    reply = client.reply(endpoint, BODY)
    assert content(await collect(reply)) == "Hello you"
    await reply.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(reply)


async def read_for(reply: Reply, seconds: float) -> None:
    """Half of the readers are cancelled from outside, half closed by another task."""
    task = asyncio.create_task(collect(reply))
    await asyncio.wait([task], timeout=seconds)
    if random.random() < 0.5:
        await reply.aclose()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, UpstreamError):
        await task


async def test_hundreds_of_stops_at_random_moments_leave_the_pool_usable(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    random.seed(7)
    upstream.script(model="long", steps=[text("word ")] * 40 + [hold()])
    for _ in range(20):
        replies = [
            client.reply(endpoint, BODY | {"model": random.choice(("long", "beta"))}) for _ in range(20)
        ]
        await asyncio.gather(*(read_for(reply, random.random() * 0.03) for reply in replies))
    answers = await asyncio.gather(*(collect(client.reply(endpoint, BODY)) for _ in range(20)))
    assert [content(items) for items in answers] == ["Hello you"] * 20
    assert [task for task in asyncio.all_tasks() if "collect" in repr(task)] == []
    for seen in upstream.requests:
        if seen.model == "long":
            await asyncio.to_thread(seen.ended)
