"""Answers that someone or something ends: a lost stop, a process that goes, a deleted conversation."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from conversations import claims, lifecycle, runner, sending
from conversations.claims import Written
from conversations.endings import RESTARTED
from conversations.lifecycle import House
from conversations.models import Conversation, Generation, GenerationEvent, Message, Provider
from conversations.threads import in_database
from tests.runner.asking import Asked, Watched, ask, flushed, queue
from tests.scripted_upstream import ScriptedUpstream, finish, hold, text, wait_for
from tests.sockets import in_thread


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "talking"])
async def test_a_stop_whose_ring_was_lost_is_seen(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, silent: bool
) -> None:
    steps = [hold()] if silent else [wait_for("asked"), text("late"), hold()]
    upstream.script(steps=[text("So far"), *steps])
    asked = await ask(house, alice)
    await asked.text("So far")
    stopping = await in_database(sending.stop, alice, asked.conversation_id, asked.message_id)
    assert stopping.generation is not None
    upstream.release("asked")
    message, generation = await asked.ended()
    seen = await in_thread(upstream.request, 0)
    await in_thread(seen.ended)
    assert seen.closed_early
    assert message.content in ("So far", "So farlate")
    assert message.content == asked.feed.content
    assert (message.status, generation.status, generation.source) == ("stopped", "stopped", "estimated")


async def test_nobody_asks_for_an_answer_that_was_stopped_first(
    unstarted: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    stopped = await queue(unstarted, alice, "Never mind")
    stopped.leave()
    await in_database(sending.stop, alice, stopped.conversation_id, stopped.message_id)
    unstarted.start()
    assert (await (await ask(unstarted, alice)).ended())[0].status == "complete"
    assert [request.body["messages"][-1]["content"] for request in upstream.requests] == ["Hello"]


async def test_a_process_that_goes_saves_what_it_has(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert house.runner
    upstream.script(steps=[text("Half an "), hold()])
    upstream.script(model="beta", steps=[text("Whole"), wait_for("end"), text("."), finish()])
    half, whole = await ask(house, alice), await ask(house, alice, model="beta")
    await half.text("Half an ")
    await whole.text("Whole")
    waited = asyncio.wait

    async def until_one_has_ended(tasks: set[asyncio.Task[None]], **_: float) -> None:
        await waited(tasks, return_when=asyncio.FIRST_COMPLETED)

    shim = SimpleNamespace(**vars(asyncio) | {"wait": until_one_has_ended})
    monkeypatch.setattr(runner, "asyncio", shim)
    upstream.release("end")
    await lifecycle.drain()
    message, generation = await half.ended()
    assert (message.content, message.status, message.error) == ("Half an ", "interrupted", RESTARTED)
    assert (generation.status, generation.error_kind) == ("interrupted", "restarted")
    assert generation.source == "estimated"
    assert (await whole.ended())[0].content == "Whole."
    assert not await GenerationEvent.objects.aexists()
    assert house.runner.running == 0
    seen = await in_thread(upstream.request, 0)
    await in_thread(seen.ended)
    assert seen.closed_early or seen.model == "beta"


async def test_a_process_that_goes_leaves_the_queue_to_others(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    await lifecycle.drain()
    asked = await ask(house, alice)
    assert (await asked.rows())[0].status == "queued"
    asked.leave()
    asked = await take_up(asked.sent)
    assert (await asked.ended())[0].content == "Hello"


async def take_up(sent: sending.Sent) -> Asked:
    return Asked(lifecycle.started(), sent)


async def test_a_deleted_conversation_leaves_its_ledger_row(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = Watched(monkeypatch, claims, "flush")
    upstream.script(steps=[text("For "), wait_for("go"), text("nobody"), finish("stop", usage=(5, 2))])
    asked = await ask(house, alice)
    await asked.text("For ")
    await flushed(flush, asked)
    await Conversation.objects.all().adelete()
    upstream.release("go")
    await asked.until(lambda feed: feed.ended)
    asked.leave()
    row = await Generation.objects.aget()
    assert (row.status, row.message_id, row.conversation_id) == ("complete", None, None)
    assert (row.total_tokens, row.source, row.user_name) == (7, "reported", "alice")
    assert not await Message.objects.aexists()
    assert not await GenerationEvent.objects.aexists()
    other = await ask(house, alice, "Still there?", model="beta")
    assert (await other.ended())[0].content == "Still there?"


async def test_the_reaper_ends_what_a_dead_runner_left(
    unstarted: House, alice: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "LEASE", 0.0)
    monkeypatch.setattr(runner, "REAP", 0.01)
    asked = await queue(unstarted, alice)
    [claim] = await in_database(claims.claim_waiting, "dead", 1)
    await in_database(
        claims.flush, "dead", [claim.generation_id], [Written(claim, 1, 1, "Last words", "", "")]
    )
    unstarted.start()
    message, generation = await asked.ended()
    assert (message.content, message.status) == ("Last words", "interrupted")
    assert (generation.error_kind, generation.owner) == ("lost", "dead")


async def test_a_process_that_stood_still_does_not_give_itself_up(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it reaps comes after what it renews, whichever of its tasks wakes first."""
    upstream.script(steps=[text("Before"), wait_for("woken"), text(" and after"), finish()])
    asked = await ask(house, alice)
    await asked.text("Before")
    assert house.runner is not None
    monkeypatch.setattr(runner, "REAP", 0.0)
    await in_database(Generation.objects.update, lease_until=timezone.now() - timedelta(seconds=9))
    house.runner._renewed -= 60
    house.runner._healthy_since -= 60
    await house.runner._reap()
    upstream.release("woken")
    message, row = await asked.ended()
    assert (message.content, row.status) == ("Before and after", "complete")


async def test_the_only_process_ends_them_at_once(unstarted: House, alice: User, provider: Provider) -> None:
    lost = await queue(unstarted, alice)
    await in_database(claims.claim_waiting, "dead", 1)
    waiting = await queue(unstarted, alice, "Next")
    unstarted.start(sole=True)
    assert (await waiting.ended())[0].content == "Next"
    lost.leave()
    assert (await lost.rows())[0].error == RESTARTED
