"""A page in one process and the runner in another: the page shows the same, with rings or without any."""

import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from channels.layers import BaseChannelLayer, InMemoryChannelLayer, get_channel_layer
from django.conf import settings
from django.contrib.auth.models import User

from conversations import articles, endings, lifecycle, mirror
from conversations.lifecycle import House
from conversations.models import Conversation, Generation, Message, Provider
from conversations.threads import in_database
from tests.reader.screen import Screen
from tests.runner.asking import Watched, ask, queue
from tests.scripted_upstream import ScriptedUpstream, finish, hold, reasoning, text, wait_for


class Deaf(InMemoryChannelLayer):  # type: ignore[misc]
    """Loses every ring."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        return


LAYERS: dict[str, Callable[[], BaseChannelLayer]] = {"all rings": InMemoryChannelLayer, "no ring": Deaf}
if settings.ENVIRONMENT.redis_url:
    LAYERS["redis"] = get_channel_layer


@pytest.fixture(params=list(LAYERS.values()), ids=list(LAYERS))
def layer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = request.param()
    monkeypatch.setattr(lifecycle, "layer_to_others", lambda: layer)
    monkeypatch.setattr(mirror, "TICK", 0.2)


@pytest.fixture
async def here(layer: None, transactional_db: None) -> AsyncIterator[House]:
    """The house of the page; it has no runner."""
    house = House(with_runner=False)
    house.start()
    yield house
    await house.drain()


@pytest.fixture
async def there(layer: None, transactional_db: None) -> AsyncIterator[House]:
    """The house of the runner, not started."""
    house = House(with_runner=True)
    yield house
    await house.drain()


async def test_a_page_elsewhere_shows_the_same(
    here: House, there: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(
        steps=[
            reasoning("Hm."),
            text("**One**\n\n"),
            wait_for("two"),
            text("two, "),
            wait_for("end"),
            text("three."),
            finish(),
        ]
    )
    there.start()
    async with Screen.of(here) as screen:
        asked = await queue(there, alice)
        shown = str(asked.message_id)
        screen.reader.subscribe(asked.message_id, fresh=True)
        await screen.until_text(shown, "**One**\n\n")
        upstream.release("two")
        await screen.until_text(shown, "**One**\n\ntwo, ")
        upstream.release("end")
        message, _ = await asked.ended()
        done = await screen.until("message.done")
    assert (done["content"], done["status"]) == (message.content, "complete")
    assert done["seq"] == message.last_seq
    assert message.content == "**One**\n\ntwo, three."
    assert len(here.feeds) == 0


async def test_a_page_that_was_there_before_the_runner(
    here: House, there: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(steps=[text("Begun"), wait_for("end"), finish()])
    async with Screen.of(here) as screen:
        asked = await queue(there, alice)
        asked.leave()
        screen.reader.subscribe(asked.message_id)
        await screen.settled()
        there.start()
        await screen.until_text(str(asked.message_id), "Begun")
        upstream.release("end")
        assert (await screen.until("message.done"))["content"] == "Begun"


async def test_a_page_that_comes_late_and_one_that_comes_back(
    here: House, there: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(
        steps=[text("a"), wait_for("b"), text("b"), wait_for("c"), text("c"), wait_for("end"), finish()]
    )
    there.start()
    asked = await ask(there, alice)
    shown = str(asked.message_id)
    async with Screen.of(here) as first, Screen.of(here) as second:
        first.reader.subscribe(asked.message_id)
        await first.until_text(shown, "a")
        first.reader.unsubscribe(asked.message_id)
        upstream.release("b")
        await asked.text("ab")
        second.reader.subscribe(asked.message_id)
        first.reader.subscribe(asked.message_id, after=first.seqs[shown])
        await second.until_text(shown, "ab")
        await first.until_text(shown, "ab")
        upstream.release("c")
        await first.until_text(shown, "abc")
        await second.until_text(shown, "abc")
        upstream.release("end")
        assert (await first.until("message.done")) == (await second.until("message.done"))
    await asked.ended()


async def test_a_runner_that_died_ends_the_page_too(here: House, alice: User, provider: Provider) -> None:
    async with Screen.of(here) as screen:
        asked = await queue(here, alice)
        asked.leave()
        await Message.objects.filter(pk=asked.message_id).aupdate(status="streaming")
        await Generation.objects.aupdate(
            status="streaming", lease_until=Generation.lease_end(-1), owner="dead"
        )
        screen.reader.subscribe(asked.message_id)
        await screen.settled()
        assert await in_database(endings.reap) == [asked.message_id]
        done = await screen.until("message.done")
    assert (done["status"], done["error"]) == ("interrupted", endings.LOST)


async def test_a_conversation_that_is_deleted_is_watched_no_more(
    here: House, alice: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, ends = Watched(monkeypatch, mirror, "read_log"), Watched(monkeypatch, articles, "done_frame")
    async with Screen.of(here) as screen:
        asked = await queue(here, alice)
        asked.leave()
        screen.reader.subscribe(asked.message_id)
        await looks.until(lambda watched: len(watched.results) > 0)
        await Conversation.objects.all().adelete()
        await ends.until(lambda watched: watched.results == [""])
        await screen.settled()
        assert len(here.feeds) == 0
        assert len(ends.results) == 1


async def test_an_outage_while_the_log_is_read_is_survived(
    here: House,
    there: House,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = Watched(monkeypatch, mirror, "read_log")
    looks.failing = 2
    upstream.script(steps=[text("After all"), hold()])
    there.start()
    asked = await ask(there, alice)
    async with Screen.of(here) as screen:
        screen.reader.subscribe(asked.message_id)
        await screen.until_text(str(asked.message_id), "After all")
    asked.leave()
    assert looks.failing == 0


@pytest.fixture
async def alone(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A house without a layer, whose runner is another process that nobody rings."""
    monkeypatch.setattr(mirror, "TICK", 0.2)
    monkeypatch.setattr(lifecycle, "layer_to_others", lambda: None)
    house = House(with_runner=False)
    house.start()
    yield house
    await house.drain()


async def test_without_a_layer_a_new_answer_is_looked_for_after_a_while(
    alone: House, there: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(steps=[text("One "), wait_for("end"), text("two."), finish()])
    there.start()
    async with Screen.of(alone) as screen:
        asked = await queue(there, alice)
        screen.reader.subscribe(asked.message_id, fresh=True)
        await screen.until_text(str(asked.message_id), "One ")
        upstream.release("end")
        done = await screen.until("message.done")
    assert done["content"] == "One two."


async def test_nothing_is_looked_for_after_the_house_is_closed(alone: House) -> None:
    feed = alone.feeds.open(uuid.uuid4())
    feed.listeners.add(lambda: None)
    alone.mirrors.close()
    # As a look does that was put off until then.
    alone.mirrors.ensure(feed)
    assert not alone.mirrors._tasks
