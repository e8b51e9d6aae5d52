"""What waits is sent by whoever ends the answer; if that one dies, by a runner that looks."""

import asyncio
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User

from conversations import endings, runner, sending
from conversations.lifecycle import House
from conversations.models import Generation, Message, Provider, QueuedMessage
from conversations.sending.queueing import AFTER_FAILURE
from conversations.threads import in_database
from tests.runner.asking import Asked, Watched, ask, queue
from tests.scripted_upstream import ScriptedUpstream, finish, text, wait_for


async def wait(user: User, asked: Asked, content: str) -> uuid.UUID:
    client_id = uuid.uuid4()
    await in_database(sending.queue, user, asked.conversation_id, content=content, client_id=client_id)
    return client_id


async def said(asked: Asked) -> list[tuple[str, str]]:
    turns = Message.objects.filter(conversation=asked.conversation_id).in_order()
    return [(message.role, message.content) async for message in turns]


async def test_they_are_asked_one_after_the_other(
    house: House,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    end = Watched(monkeypatch, endings, "finish")
    upstream.script(steps=[text("1"), wait_for("go"), finish()])
    upstream.script(steps=[text("2"), finish()])
    upstream.script(steps=[text("3"), finish()])
    asked = await ask(house, alice, "One")
    await asked.text("1")
    await wait(alice, asked, "Two")
    await wait(alice, asked, "Three")
    upstream.release("go")
    await end.until(lambda watched: len(watched.returned) == 3)
    asked.leave()
    assert await said(asked) == [
        ("user", "One"),
        ("assistant", "1"),
        ("user", "Two"),
        ("assistant", "2"),
        ("user", "Three"),
        ("assistant", "3"),
    ]
    assert [len(request.body["messages"]) for request in upstream.requests] == [1, 3, 5]


async def test_after_a_failure_they_wait_for_their_author(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    advanced = Watched(monkeypatch, runner, "send_next")
    upstream.script(steps=[wait_for("go"), text("")], status=400)
    asked = await ask(house, alice, "One")
    await wait(alice, asked, "Two")
    upstream.release("go")
    await advanced.until(lambda watched: any(result for result in watched.results))
    asked.leave()
    assert (await QueuedMessage.objects.aget()).held == AFTER_FAILURE
    assert len(upstream.requests) == 1


async def test_who_dies_between_the_end_and_the_next_leaves_it_to_a_runner(
    unstarted: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    def end_and_die(asked: Asked) -> None:
        Generation.objects.update(status="complete")
        Message.objects.filter(pk=asked.message_id).update(status="complete", content="1")

    asked = await queue(unstarted, alice, "One")
    asked.leave()
    client_id = await wait(alice, asked, "Two")
    await in_database(end_and_die, asked)
    unstarted.start()
    seen = await asyncio.to_thread(upstream.request, 0)
    assert seen.body["messages"][-1] == {"role": "user", "content": "Two"}
    assert await Generation.objects.filter(client_id=client_id).acount() == 1
    assert not await QueuedMessage.objects.aexists()


async def test_a_database_that_is_away_only_makes_it_later(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "ADVANCE", 0.05)
    advance: Any = Watched(monkeypatch, runner, "send_next")
    upstream.script(steps=[text("1"), wait_for("go"), finish()])
    upstream.script(steps=[text("2"), finish()])
    asked = await ask(house, alice, "One")
    await asked.text("1")
    await wait(alice, asked, "Two")
    advance.failing = 2
    upstream.release("go")
    await advance.until(lambda watched: any(result for result in watched.results))
    asked.leave()
    assert [role for role, _ in await said(asked)] == ["user", "assistant", "user", "assistant"]
