"""A continued answer: one message, several requests, and no text of one in the place of the other."""

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User

from conversations import claims, endings, sending
from conversations.claims import Written
from conversations.doorbell import QUEUE
from conversations.lifecycle import House
from conversations.mirror import read_log
from conversations.models import Generation, GenerationEvent, Message, Provider
from conversations.prompts import GO_ON
from conversations.threads import in_database
from tests.runner.asking import Asked, ask, queue
from tests.scripted_upstream import ScriptedUpstream, finish, hang_up, reasoning, text, wait_for
from tests.sockets import in_thread


async def go_on(house: House, user: User, asked: Asked) -> Asked:
    conversation_id, message_id = asked.conversation_id, asked.message_id
    again = await in_database(
        sending.continue_answer, user, conversation_id, message_id, client_id=uuid.uuid4()
    )
    house.doorbell.ring(QUEUE)
    return Asked(house, again)


async def message_of(asked: Asked) -> Message:
    return await Message.objects.aget(pk=asked.message_id)


async def test_the_message_grows_and_each_request_is_a_row(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(steps=[reasoning("Hm."), text("The tide "), text("tur"), finish("length", usage=(7, 3))])
    upstream.script(steps=[reasoning("Ah."), text("ns, "), text("twice."), finish("stop", usage=(11, 4))])
    asked = await ask(house, alice)
    await asked.until(lambda feed: feed.ended)
    asked.leave()
    before = await message_of(asked)
    again = await go_on(house, alice, asked)
    await again.until(lambda feed: feed.ended)
    assert again.feed.content == "The tide turns, twice."
    again.leave()
    after = await message_of(asked)
    assert (after.content, after.reasoning) == ("The tide turns, twice.", "Hm.\n\nAh.")
    assert (after.status, after.finish_reason) == ("complete", "stop")
    assert after.usage == {
        "prompt_tokens": 18, "completion_tokens": 7, "total_tokens": 25, "source": "reported",
        # The last request's own: how much of the context is taken now.
        "context_tokens": 15,
    }  # fmt: skip
    assert after.ttft_ms == before.ttft_ms
    assert after.duration_ms is not None
    rows = [row async for row in Generation.objects.order_by("created_at", "id")]
    assert [(row.purpose, row.total_tokens, row.source) for row in rows] == [
        ("answer", 10, "reported"),
        ("continue", 15, "reported"),
    ]
    assert (rows[1].first_seq, after.last_seq) == (rows[0].last_seq + 1, rows[1].last_seq)
    assert after.duration_ms == (rows[0].duration_ms or 0) + (rows[1].duration_ms or 0)
    assert not await GenerationEvent.objects.aexists()


async def test_one_estimated_part_makes_the_sum_an_estimate(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(steps=[text("The tide "), hang_up()])
    upstream.script(steps=[text("turns."), finish("stop", usage=(11, 4))])
    asked = await ask(house, alice)
    await asked.until(lambda feed: feed.ended)
    first = await message_of(asked)
    asked.leave()
    await (await go_on(house, alice, asked)).until(lambda feed: feed.ended)
    second = await message_of(asked)
    assert first.usage
    assert second.usage
    assert (first.usage["source"], second.usage["source"]) == ("estimated", "estimated")
    assert second.usage["completion_tokens"] == first.usage["completion_tokens"] + 4


@pytest.mark.parametrize(
    ("how", "last"),
    [
        ("prefill", {"role": "assistant", "content": "The tide"}),
        ("prefix", {"role": "assistant", "content": "The tide", "prefix": True}),
        ("continue_final_message", {"role": "assistant", "content": "The tide"}),
        ("", {"role": "user", "content": GO_ON + '"The tide"'}),
    ],
)
async def test_the_upstream_is_asked_in_its_own_way(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, how: str, last: dict[str, Any]
) -> None:
    await Provider.objects.aupdate(continuation=how)
    upstream.script(steps=[text("The tide "), finish("length")])
    upstream.script(steps=[text(" turns."), finish("stop")])
    asked = await ask(house, alice)
    await asked.until(lambda feed: feed.ended)
    asked.leave()
    again = await go_on(house, alice, asked)
    await again.until(lambda feed: feed.ended)
    body = (await in_thread(upstream.request, 1)).body
    assert body["messages"][-1] == last
    assert body["messages"][0] == {"role": "user", "content": "Hello"}
    assert ("add_generation_prompt" in body) == (how == "continue_final_message")
    # The white space was kept back, so the same once more is not doubled.
    assert again.feed.content == (await message_of(asked)).content == "The tide turns."


async def test_a_continuation_that_fails_keeps_what_was_there(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(steps=[text("Half"), finish("length", usage=(3, 1))])
    upstream.refuse(400, {"error": {"message": "No."}})
    asked = await ask(house, alice)
    await asked.until(lambda feed: feed.ended)
    asked.leave()
    await (await go_on(house, alice, asked)).until(lambda feed: feed.ended)
    message = await message_of(asked)
    assert (message.content, message.status, message.finish_reason) == ("Half", "failed", "")
    assert message.error_kind == "refused"
    assert (message.usage or {})["total_tokens"] == 4


async def test_what_a_dead_runner_left_of_a_continuation_is_added(
    unstarted: House, alice: User, provider: Provider
) -> None:
    def by_hand(asked: Asked) -> None:
        [first] = claims.claim_waiting("one", 1)
        claims.flush("one", [first.generation_id], [Written(first, 1, 2, "Half ", "", "")])
        endings.reap(everything=True)
        sending.continue_answer(alice, asked.conversation_id, asked.message_id)
        [second] = claims.claim_waiting("two", 1)
        base = second.base_seq
        assert base > 3
        assert second.base_content == "Half "
        # The first one wakes up again, too late.
        claims.flush("one", [first.generation_id], [Written(first, 3, 3, "a ghost", "", "")])
        claims.flush("two", [second.generation_id], [Written(second, base + 1, base + 2, "and more", "", "")])
        logged = read_log(asked.message_id, 0)
        assert logged
        assert (logged.base_seq, logged.content) == (base, "Half ")
        assert logged.runs == [(base + 1, base + 2, "and more", "")]
        endings.reap(everything=True)

    asked = await queue(unstarted, alice)
    await in_database(by_hand, asked)
    asked.leave()
    message = await message_of(asked)
    assert (message.content, message.status) == ("Half and more", "interrupted")
    assert not await GenerationEvent.objects.aexists()
    rows = [row async for row in Generation.objects.order_by("created_at", "id")]
    assert sum(row.completion_tokens or 0 for row in rows) == (message.usage or {})["completion_tokens"]


async def test_a_stop_keeps_both_parts_and_has_a_receipt(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(steps=[text("Half "), finish("length")])
    upstream.script(steps=[text("and more"), wait_for("never"), finish()])
    asked = await ask(house, alice)
    await asked.until(lambda feed: feed.ended)
    asked.leave()
    again = await go_on(house, alice, asked)
    await again.text("Half and more")
    stopping = await in_database(sending.stop, alice, asked.conversation_id, asked.message_id)
    assert stopping.generation
    house.doorbell.ring(QUEUE, {"stop": str(stopping.generation.pk)})
    await again.until(lambda feed: feed.ended)
    message = await message_of(asked)
    row = await Generation.objects.order_by("created_at", "id").alast()
    assert (message.content, message.status) == ("Half and more", "stopped")
    assert row
    assert row.stopped_in_ms == message.stopped_in_ms
    assert message.stopped_in_ms is not None
    assert message.stopped_in_ms < 10_000
