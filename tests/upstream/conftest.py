"""The upstream as most of these tests ask it."""

from collections.abc import AsyncIterator

import pytest

from conversations.upstream import Deadlines, Endpoint, UpstreamClient
from tests.scripted_upstream import ScriptedUpstream, upstream

__all__ = ["upstream"]


@pytest.fixture
def endpoint(upstream: ScriptedUpstream) -> Endpoint:
    return Endpoint(upstream.base_url, "sk-test-0123456789abcdef")


@pytest.fixture
async def client() -> AsyncIterator[UpstreamClient]:
    client = UpstreamClient(Deadlines(connect=60, first_token=60, idle=60, total=240))
    yield client
    await client.aclose()


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conversations.upstream.retry._BACKOFF", (0.01, 0.01))
