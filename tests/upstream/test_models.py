"""GET …/models, and what must not leave with any request."""

import asyncio
from typing import Any

import pytest

from conversations.upstream import ConnectionFailed, Endpoint, KeyRefused, NotUnderstood, UpstreamClient
from conversations.upstream.listing import MAX_MODELS, Listed, listed_models
from tests.scripted_upstream import ScriptedUpstream, finish, text
from tests.upstream.reading import BODY, collect, content


@pytest.mark.parametrize(
    "value",
    [
        {"object": "list", "data": [{"id": "b"}, {"id": "a"}]},
        [{"id": "b"}, {"id": "a"}],
        ["b", "a"],
        {"models": [{"name": "b"}, {"model": "a"}]},
        {"models": {"b": {}, "a": {}}},
        {"data": {"models": ["b", "a"]}},
        {
            "data": [
                {"id": "b"},
                {"id": "b"},
                None,
                3,
                {},
                {"id": 7},
                {"id": ""},
                {"id": "x" * 400},
                {"id": " a "},
            ]
        },
    ],
)
def test_a_list_in_any_shape_keeps_the_servers_order(value: Any) -> None:
    assert [model.id for model in listed_models(value)] == ["b", "a"]


@pytest.mark.parametrize(
    ("said", "tokens"),
    [
        ({"context_length": 131072}, 131072),  # OpenRouter, Together
        ({"max_model_len": 32768}, 32768),  # vLLM
        ({"context_window": 8192.0}, 8192),  # Groq
        ({"max_context_length": "4096"}, 4096),  # LM Studio, Mistral
        ({"meta": {"n_ctx_train": 2048, "n_params": 7}}, 2048),  # llama.cpp
        ({"max_model_len": None, "context_length": 1024}, 1024),
        ({"meta": [], "context_length": 0}, None),
        ({"context_length": -1}, None),
        ({"context_length": 10**15}, None),
        ({"context_length": True}, None),
        ({"context_length": "many"}, None),
        ({"context_length": float("inf")}, None),
        ({}, None),
    ],
)
def test_a_context_length_is_read_where_the_server_says_it(said: dict[str, Any], tokens: int | None) -> None:
    assert listed_models([{"id": "a"} | said]) == [Listed("a", tokens)]


@pytest.mark.parametrize("value", [None, {}, "x", {"data": None}, 3])
def test_no_list_is_said(value: Any) -> None:
    with pytest.raises(NotUnderstood):
        listed_models(value)


def test_there_is_an_end_to_models() -> None:
    assert len(listed_models([str(number) for number in range(MAX_MODELS + 5)])) == MAX_MODELS


async def test_the_models_are_asked_for(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    assert await client.models(endpoint) == [Listed("alpha"), Listed("beta")]
    assert upstream.request(0).path == "/v1/models"
    assert upstream.request(0).headers["authorization"].startswith("Bearer ")
    upstream.refuse(401, {"error": "no"}, model="GET /models")
    with pytest.raises(KeyRefused):
        await client.models(endpoint)


async def test_models_of_a_server_that_is_not_there(client: UpstreamClient) -> None:
    with pytest.raises(ConnectionFailed, match="Is the server running"):
        await client.models(Endpoint("http://127.0.0.1:1/v1"))


async def test_an_address_with_a_query_keeps_it(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    azure = Endpoint(endpoint.base_url + "/?api-version=2025-01-01#top")
    assert content(await collect(client.reply(azure, BODY))) == "Hello you"
    assert upstream.request(0).path == "/v1/chat/completions?api-version=2025-01-01"


async def test_the_environment_names_no_proxy(
    monkeypatch: pytest.MonkeyPatch, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    client = UpstreamClient()
    assert content(await collect(client.reply(endpoint, BODY))) == "Hello you"
    await client.aclose()


async def test_no_cookie_is_kept(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    headers = {"Content-Type": "text/event-stream", "Set-Cookie": "who=alice; Path=/"}
    upstream.script(steps=[text("x"), finish()], headers=headers)
    for _ in range(2):
        await collect(client.reply(endpoint, BODY))
    assert "cookie" not in upstream.request(1).headers


async def test_closing_the_client_ends_what_is_left(upstream: ScriptedUpstream, endpoint: Endpoint) -> None:
    client = UpstreamClient()
    await collect(client.reply(endpoint, BODY))
    await client.aclose()
    assert [task for task in asyncio.all_tasks() if "_drain" in repr(task)] == []
