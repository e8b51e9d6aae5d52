"""Connect, first token, idle, total: each ends a silence in its own words."""

import asyncio

import pytest

from conversations.upstream import (
    ConnectionFailed,
    DeadlineExceeded,
    Deadlines,
    Delta,
    Endpoint,
    UpstreamClient,
)
from conversations.upstream import deadlines as clock
from tests.scripted_connection import accepting_nothing
from tests.scripted_upstream import ScriptedUpstream, Step, comment, delta, finish, raw, text
from tests.upstream.lateness import SILENT, only_when_silent
from tests.upstream.reading import BODY, collect, content

SHORT = 0.15


async def ending(limits: Deadlines, endpoint: Endpoint) -> DeadlineExceeded:
    client = UpstreamClient(limits)
    try:
        with pytest.raises(DeadlineExceeded) as caught:
            await collect(client.reply(endpoint, BODY))
        return caught.value
    finally:
        await client.aclose()


@pytest.fixture(autouse=True)
def _never_early(monkeypatch: pytest.MonkeyPatch, upstream: ScriptedUpstream) -> None:
    only_when_silent(monkeypatch, upstream)


@pytest.mark.parametrize("steps", [[SILENT], [comment()] * 500 + [SILENT], [delta(role="assistant"), SILENT]])
async def test_no_first_token(steps: list[Step], upstream: ScriptedUpstream, endpoint: Endpoint) -> None:
    upstream.script(steps=steps)
    error = await ending(Deadlines(first_token=SHORT), endpoint)
    assert (error.kind, error.message) == (
        "first_token",
        "The upstream was asked, but no answer began within 0.15 s.",
    )
    assert len(upstream.requests) == 1


async def test_no_head_of_an_answer_is_no_first_token(upstream: ScriptedUpstream, endpoint: Endpoint) -> None:
    upstream.script(steps=[SILENT], transfer="wire")
    assert (await ending(Deadlines(first_token=SHORT), endpoint)).kind == "first_token"


async def test_a_silence_in_the_middle(upstream: ScriptedUpstream, endpoint: Endpoint) -> None:
    upstream.script(steps=[text("Half"), comment(), SILENT])
    client = UpstreamClient(Deadlines(idle=SHORT))
    reply = client.reply(endpoint, BODY)
    assert await anext(reply) == Delta("Half", "", "")
    with pytest.raises(DeadlineExceeded, match="fell silent"):
        await anext(reply)
    assert reply.answer.content == "Half"
    assert (await asyncio.to_thread(upstream.request(0).ended)).closed_early
    await client.aclose()


async def test_a_long_prefill_is_no_silence(upstream: ScriptedUpstream, endpoint: Endpoint) -> None:
    upstream.script(steps=[delta(role="assistant"), SILENT])
    assert (await ending(Deadlines(idle=0.01, first_token=SHORT), endpoint)).kind == "first_token"


async def test_the_total_time(upstream: ScriptedUpstream, endpoint: Endpoint) -> None:
    upstream.script(steps=[text("Half"), SILENT])
    assert (await ending(Deadlines(total=SHORT), endpoint)).kind == "total"


async def test_no_deadline_at_all(upstream: ScriptedUpstream, endpoint: Endpoint) -> None:
    client = UpstreamClient(Deadlines(connect=0, first_token=0, idle=0, total=0))
    assert content(await collect(client.reply(endpoint, BODY))) == "Hello you"
    await client.aclose()


async def test_a_finished_answer_does_not_wait_for_the_connection_to_end(
    upstream: ScriptedUpstream, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "AFTER_FINISH", SHORT)
    upstream.script(steps=[text("All"), delta("stop"), SILENT])
    client = UpstreamClient()
    assert content(await collect(client.reply(endpoint, BODY))) == "All"
    await client.aclose()


async def test_a_slow_reader_is_not_a_silent_upstream(upstream: ScriptedUpstream, endpoint: Endpoint) -> None:
    upstream.script(steps=[text("Hel"), raw(b""), text("lo"), finish()])
    client = UpstreamClient(Deadlines(idle=SHORT))
    seen, busy = [], asyncio.ensure_future(asyncio.Event().wait())
    async for item in client.reply(endpoint, BODY):
        seen.append(item)
        await asyncio.to_thread(upstream.request(0).ended)  # all of it was sent: none of it can be late
        await asyncio.wait([busy], timeout=2 * SHORT)
    assert content(seen) == "Hello"
    busy.cancel()
    await client.aclose()


async def test_a_server_that_accepts_nothing_meets_the_connect_deadline() -> None:
    client = UpstreamClient(Deadlines(connect=SHORT))
    with accepting_nothing() as base_url:
        reply = client.reply(Endpoint(base_url), BODY)
        with pytest.raises(ConnectionFailed, match="could not be reached in time"):
            await collect(reply)
    assert reply.attempts == 3
    await client.aclose()
