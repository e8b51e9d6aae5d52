"""The lists of models come from the servers, and a server that does not answer keeps its list."""

import asyncio
import queue
from collections.abc import AsyncIterator, Sequence

import pytest

from conversations import catalogue, sending
from conversations.models import OfferedModel, Provider
from conversations.refusals import NoUpstream
from conversations.upstream import UpstreamClient
from conversations.upstream.listing import Listed
from tests.scripted_upstream import ScriptedUpstream, raw, wait_for


@pytest.fixture
async def client() -> AsyncIterator[UpstreamClient]:
    client = UpstreamClient()
    yield client
    await client.aclose()


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> "queue.Queue[str]":
    """The names of the providers whose lists were saved, as they are."""
    names: queue.Queue[str] = queue.Queue()
    save = catalogue.save_models

    def save_and_tell(provider: Provider, listed: Sequence[Listed]) -> None:
        save(provider, listed)
        names.put(provider.name)

    monkeypatch.setattr(catalogue, "save_models", save_and_tell)
    return names


async def models() -> list[str]:
    visible = OfferedModel.objects.visible().order_by("position")
    return [row.model_id async for row in visible]


async def test_the_models_are_asked_for_and_kept(
    transactional_db: None, provider: Provider, upstream: ScriptedUpstream, client: UpstreamClient
) -> None:
    upstream.models = ["gamma", "delta"]
    await catalogue.refresh(client)
    assert await models() == ["gamma", "delta"]
    assert (await Provider.objects.aget()).models_checked_at is not None


async def test_a_server_that_does_not_answer_keeps_its_list_and_says_why(
    transactional_db: None, provider: Provider, upstream: ScriptedUpstream, client: UpstreamClient
) -> None:
    upstream.refuse(500, {"error": "Out of order"}, model="GET /models")
    upstream.script(model="GET /models", steps=[raw(b'["gamma"]')])
    await catalogue.refresh(client)
    assert await models() == ["alpha", "beta"]
    row = await Provider.objects.aget()
    assert "Out of order" in row.models_error
    assert row.models_error_at is not None
    await Provider.objects.aupdate(base_url="http://127.0.0.1:9/v1")
    await catalogue.refresh(client)
    assert "refused" in (await Provider.objects.aget()).models_error
    await Provider.objects.aupdate(base_url=upstream.base_url)
    await catalogue.refresh(client)
    row = await Provider.objects.aget()
    assert (row.models_error, row.models_error_at, await models()) == ("", None, ["gamma"])


async def test_nobody_waits_for_a_server_that_hangs(
    transactional_db: None,
    provider: Provider,
    upstream: ScriptedUpstream,
    client: UpstreamClient,
    saved: "queue.Queue[str]",
) -> None:
    upstream.script(model="GET /models", steps=[wait_for("repair"), raw(b'["mended"]')])
    others = [ScriptedUpstream() for _ in range(2)]
    for number, other in enumerate(others):
        other.models = [f"quick-{number}"]
        await Provider.objects.acreate(name=f"q{number}", base_url=other.base_url)
    running = asyncio.create_task(catalogue.refresh(client))
    try:
        first = {await asyncio.to_thread(saved.get, timeout=60) for _ in others}
        assert first == {"q0", "q1"}
        assert not running.done()
        upstream.release("repair")
        await running
        assert "mended" in await models()
    finally:
        for other in others:
            other.close()


async def test_a_list_that_arrives_after_its_server_was_replaced_is_dropped(
    transactional_db: None, provider: Provider, upstream: ScriptedUpstream, client: UpstreamClient
) -> None:
    upstream.script(model="GET /models", steps=[wait_for("moved"), raw(b'["old"]')])
    running = asyncio.create_task(catalogue.refresh(client))
    await asyncio.to_thread(upstream.reached, "moved")
    await Provider.objects.aupdate(base_url="http://elsewhere/v1")
    upstream.release("moved")
    await running
    assert await models() == ["alpha", "beta"]


async def test_the_watch_looks_at_once_when_it_is_told_to(
    transactional_db: None, provider: Provider, upstream: ScriptedUpstream, client: UpstreamClient
) -> None:
    watch = catalogue.Watch(client)
    upstream.script(model="GET /models", steps=[wait_for("asked"), raw(b'["new"]')])
    await asyncio.to_thread(watch.look_at, provider.pk)
    await asyncio.to_thread(upstream.reached, "asked")
    upstream.release("asked")
    await asyncio.gather(*watch._looks)
    assert await models() == ["new"]


async def test_the_list_is_asked_for_with_key_and_headers(
    transactional_db: None, provider: Provider, upstream: ScriptedUpstream, client: UpstreamClient
) -> None:
    await Provider.objects.aupdate(extra_headers='{"api-key": "azure-secret"}')
    await catalogue.refresh(client)
    sent = upstream.request(0).headers
    assert (sent["api-key"], sent["authorization"]) == ("azure-secret", "Bearer sk-scripted")


def test_before_any_model_is_known_sending_says_so(alice: object, provider: Provider) -> None:
    Provider.objects.update(default_model="")
    OfferedModel.objects.all().delete()
    with pytest.raises(NoUpstream, match="has not told its models yet"):
        sending.start_conversation(alice, content="Hello")  # type: ignore[arg-type]
