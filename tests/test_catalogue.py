"""The lists of models come from the servers, and a server that does not answer keeps its list."""

from collections.abc import AsyncIterator

import pytest

from conversations import catalogue, sending
from conversations.models import OfferedModel, Provider
from conversations.refusals import NoUpstream
from conversations.upstream import UpstreamClient
from tests.scripted_upstream import ScriptedUpstream


@pytest.fixture
async def client() -> AsyncIterator[UpstreamClient]:
    client = UpstreamClient()
    yield client
    await client.aclose()


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


async def test_a_server_that_does_not_answer_keeps_its_list(
    transactional_db: None, provider: Provider, client: UpstreamClient
) -> None:
    await Provider.objects.aupdate(base_url="http://127.0.0.1:9/v1")
    await catalogue.refresh(client)
    assert await models() == ["alpha", "beta"]


def test_before_any_model_is_known_sending_says_so(alice: object, provider: Provider) -> None:
    Provider.objects.update(default_model="")
    OfferedModel.objects.all().delete()
    with pytest.raises(NoUpstream, match="has not told its models yet"):
        sending.start_conversation(alice, content="Hello")  # type: ignore[arg-type]
