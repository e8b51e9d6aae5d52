"""What an answer waits for, in phases, here and in other processes."""

import asyncio

import pytest
from channels.layers import InMemoryChannelLayer
from django.contrib.auth.models import User

from conversations import lifecycle, localmodel
from conversations.doorbell import QUEUE
from conversations.feed import Feed, Notice
from conversations.lifecycle import House
from conversations.models import Generation, Provider
from conversations.threads import in_database
from conversations.waits import usual_wait
from tests.runner.asking import PATIENCE, Asked, ask, queue
from tests.scripted_upstream import ScriptedUpstream, comment, finish, raw, text, wait_for


class Joined(InMemoryChannelLayer):  # type: ignore[misc]
    """Says when somebody listens to an answer."""

    def __init__(self) -> None:
        super().__init__()
        self.joined = asyncio.Event()

    async def group_add(self, group: str, channel: str) -> None:
        await super().group_add(group, channel)
        if group.startswith("message."):
            self.joined.set()


@pytest.fixture
def phases(monkeypatch: pytest.MonkeyPatch) -> list[Notice]:
    """Every notice of every feed, in order."""
    heard: list[Notice] = []
    wait = Feed.wait

    def listening(feed: Feed, notice: Notice) -> None:
        heard.append(notice)
        wait(feed, notice)

    monkeypatch.setattr(Feed, "wait", listening)
    return heard


async def test_it_connects_then_reads_then_answers(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, phases: list[Notice]
) -> None:
    upstream.script(steps=[comment(), wait_for("go"), text("Here."), finish()])
    asked = await ask(house, alice)
    await asked.until(lambda feed: feed.notice is not None and feed.notice.phase == "reading")
    upstream.release("go")
    await asked.ended()
    assert [notice.phase for notice in phases] == ["connecting", "reading"]
    assert asked.feed.notice is None


async def test_a_server_that_answers_nothing_before_its_first_token_reads_too(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, phases: list[Notice]
) -> None:
    refusal = raw(b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n")
    upstream.script(transfer="wire", steps=[wait_for("go"), refusal])
    asked = await ask(house, alice)
    await asked.until(lambda feed: feed.notice is not None and feed.notice.phase == "reading")
    upstream.release("go")
    await asked.ended()
    assert [notice.phase for notice in phases] == ["connecting", "reading"]


async def test_between_two_tries_it_says_so(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, phases: list[Notice]
) -> None:
    upstream.refuse(503, {"error": {"message": "overloaded"}}, Retry_After="0")
    upstream.script(steps=[text("Here."), finish()])
    await (await ask(house, alice)).ended()
    told = ["connecting", "reading", "retrying", "connecting", "reading"]
    assert [notice.phase for notice in phases] == told
    assert "overloaded" in phases[2].detail


async def test_a_model_that_starts_is_waited_for(
    house: House,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
    phases: list[Notice],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = asyncio.Event()

    async def ready(address: str) -> bool:
        return await started.wait()

    monkeypatch.setattr(localmodel, "is_starting", lambda address: address == provider.base_url)
    monkeypatch.setattr(localmodel, "ready", ready)
    asked = await ask(house, alice)
    await asked.until(lambda feed: feed.notice is not None)
    assert [notice.phase for notice in phases] == ["starting"]
    started.set()
    await asked.ended()


async def test_the_usual_wait_is_the_median_of_the_latest(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, phases: list[Notice]
) -> None:
    assert await in_database(usual_wait, provider.pk, "beta") is None
    for number, wait in enumerate([1, 4000, 5000, None, 9000]):
        await Generation.objects.acreate(
            provider=provider, model_requested="alpha", ttft_ms=wait, status="complete", last_seq=number
        )
    await (await ask(house, alice)).ended()
    assert {notice.usually_ms for notice in phases} == {4500}


async def test_a_page_of_another_process_hears_it_too(
    transactional_db: None,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layer = Joined()
    monkeypatch.setattr(lifecycle, "layer_to_others", lambda: layer)
    here, there = House(with_runner=True), House(with_runner=False)
    here.start()
    there.start()
    upstream.script(steps=[comment(), wait_for("go"), text("Here."), finish()])
    asked = await queue(here, alice)
    far = Asked(there, asked.sent)
    there.mirrors.ensure(far.feed, fresh=True)
    async with asyncio.timeout(PATIENCE):
        await layer.joined.wait()
    here.doorbell.ring(QUEUE)
    await far.until(lambda feed: feed.notice is not None)
    upstream.release("go")
    await asked.ended()
    await far.until(lambda feed: feed.ended)
    await there.drain()
    await here.drain()
