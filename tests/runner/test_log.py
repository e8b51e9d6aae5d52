"""While an answer runs its text is in the log; at its end the message has it, and the log is gone."""

import pytest
from django.contrib.auth.models import User

from conversations import claims, endings, runner
from conversations.lifecycle import House
from conversations.models import Generation, GenerationEvent, Message, Provider
from tests.runner.asking import Watched, ask, flushed
from tests.scripted_upstream import ScriptedUpstream, finish, reasoning, refusal, text, wait_for
from tests.sockets import in_thread


async def logged() -> list[tuple[int, int, str, str, str]]:
    rows = GenerationEvent.objects.order_by("seq_from")
    fields = ("seq_from", "seq_to", "content", "reasoning", "refusal")
    return [row async for row in rows.values_list(*fields)]


async def test_the_log_follows_the_text(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = Watched(monkeypatch, claims, "flush")
    upstream.script(
        steps=[
            reasoning("Hm."),
            wait_for("one"),
            text("One "),
            wait_for("two"),
            text("two."),
            refusal("No."),
            wait_for("end"),
            finish("stop", usage=(4, 2)),
        ]
    )
    asked = await ask(house, alice)
    await asked.until(lambda feed: feed.reasoning == "Hm.")
    await flushed(flush, asked)
    assert await logged() == [(1, 1, "", "Hm.", "")]
    upstream.release("one")
    await asked.text("One ")
    await flushed(flush, asked)
    assert await logged() == [(1, 1, "", "Hm.", ""), (2, 2, "One ", "", "")]
    upstream.release("two")
    await asked.text("One two.")
    upstream.release("end")
    message, generation = await asked.ended()
    assert (message.content, message.reasoning, message.refusal) == ("One two.", "Hm.", "No.")
    assert (message.status, generation.status) == ("complete", "complete")
    assert message.last_seq == generation.last_seq == asked.feed.seq
    assert await logged() == []


async def test_an_outage_of_the_database_loses_nothing(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "POLL", 0.05)
    flush = Watched(monkeypatch, claims, "flush")
    end = Watched(monkeypatch, endings, "finish")
    upstream.script(
        steps=[
            text("Before, "),
            wait_for("during"),
            text("during, "),
            wait_for("after"),
            text("after."),
            finish(),
        ]
    )
    asked = await ask(house, alice)
    await asked.text("Before, ")
    flush.failing = 3
    upstream.release("during")
    await asked.text("Before, during, ")
    await flushed(flush, asked)
    assert flush.failing == 0
    assert "".join(row[2] for row in await logged()) == "Before, during, "
    end.failing = 2
    upstream.release("after")
    message, generation = await asked.ended()
    assert (message.content, message.status) == ("Before, during, after.", "complete")
    assert (generation.status, generation.attempts) == ("complete", 1)
    assert [bool(ended) for ended in end.results] == [True]


async def test_the_lease_is_renewed_while_the_model_is_silent(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "RENEWAL", 0.0)
    flush = Watched(monkeypatch, claims, "flush")
    upstream.script(steps=[wait_for("word"), text("Word."), finish()])
    asked = await ask(house, alice)
    await in_thread(upstream.reached, "word")
    await Generation.objects.aupdate(lease_until=Generation.lease_end(1))
    renewals = len(flush.returned)
    # One may have been on its way already.
    await flush.until(lambda watched: len(watched.returned) > renewals + 1)
    soon = Generation.objects.filter(lease_until__gt=Generation.lease_end(claims.LEASE - 15))
    assert await soon.acount() == 1
    assert await logged() == []
    upstream.release("word")
    assert (await asked.ended())[0].content == "Word."


async def test_a_runner_that_was_given_up_writes_nothing(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = Watched(monkeypatch, claims, "flush")
    upstream.script(steps=[text("Mine "), wait_for("later"), text("too late"), wait_for("never")])
    asked = await ask(house, alice)
    await asked.text("Mine ")
    await flushed(flush, asked)
    # Another process finds the lease run out (this one was asleep) and ends the row.
    await Generation.objects.aupdate(lease_until=Generation.lease_end(-1))
    assert await in_thread(endings.reap) == [asked.message_id]
    saved = await Message.objects.values().aget(pk=asked.message_id)
    row = await Generation.objects.values().aget()
    upstream.release("later")
    await asked.ended()
    seen = await in_thread(upstream.request, 0)
    await in_thread(seen.ended)
    assert seen.closed_early
    assert (saved["content"], saved["status"]) == ("Mine ", "interrupted")
    assert await Message.objects.values().aget(pk=asked.message_id) == saved
    assert await Generation.objects.values().aget() == row
    assert await logged() == []


async def test_a_claim_with_an_older_fence_writes_nothing(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = Watched(monkeypatch, endings, "finish")
    upstream.script(steps=[text("Old"), wait_for("go"), finish()])
    asked = await ask(house, alice)
    await asked.text("Old")
    await Generation.objects.aupdate(fence=2, owner="another")
    upstream.release("go")
    message, generation = await asked.ended()
    assert end.results == [None]
    assert (message.content, message.status, generation.status) == ("", "streaming", "streaming")
    assert await GenerationEvent.objects.acount() == 0
