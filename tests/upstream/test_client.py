"""A reply over real sockets: what is asked, what comes, how it ends."""

import asyncio
from dataclasses import replace

import pytest

from conversations.upstream import (
    Delta,
    Endpoint,
    Interrupted,
    KeyRefused,
    NotUnderstood,
    RateLimited,
    Redirected,
    Reported,
    ServerFailed,
    UpstreamClient,
    Usage,
    Waiting,
)
from tests.scripted_upstream import (
    ScriptedUpstream,
    Step,
    delta,
    error,
    event,
    finish,
    hang_up,
    raw,
    reasoning,
    reset,
    text,
    wait_for,
)
from tests.upstream.reading import BODY, collect, content

SERVER_ERROR = {"error": {"message": "overloaded", "type": "server_error"}}


async def test_an_answer_streams_as_it_is_written(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.script(steps=[reasoning("Hm"), text("Hel"), wait_for("go"), text("lo"), finish(usage=(3, 2))])
    reply = client.reply(endpoint, BODY)
    seen = ""
    async with reply:
        async for item in reply:
            assert isinstance(item, Delta)
            seen += item.content
            if seen == "Hel":
                upstream.release("go")
    assert seen == reply.answer.content == "Hello"
    assert reply.answer.reasoning == "Hm"
    assert (reply.answer.finish_reason, reply.answer.model) == ("stop", "scripted")
    assert reply.answer.upstream_id == "chatcmpl-scripted"
    assert isinstance(reply.answer.usage, Usage)
    assert reply.answer.usage.total_tokens == 5
    assert (reply.attempts, reply.status_code, reply.endpoint) == (1, 200, endpoint)
    assert reply.ttft_ms is not None
    assert 0 <= reply.ttft_ms <= reply.duration_ms


async def test_it_asks_for_a_stream_with_usage_and_shows_the_key_in_one_place(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    assert content(await collect(client.reply(endpoint, BODY))) == "Hello you"
    seen = upstream.request(0)
    assert seen.body == {"stream": True, **BODY, "stream_options": {"include_usage": True}}
    assert seen.headers["authorization"] == "Bearer sk-test-0123456789abcdef"
    assert seen.headers["accept-encoding"] == "identity"
    assert endpoint.api_key not in repr(endpoint)
    await collect(client.reply(replace(endpoint, api_key="", stream_options=False), BODY))
    assert "authorization" not in upstream.request(1).headers
    assert "stream_options" not in upstream.request(1).body


async def test_without_streaming_the_same_answer_comes_in_one_piece(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    whole = b'{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}'
    upstream.script(steps=[raw(whole)], headers={"Content-Type": "application/json"})
    reply = client.reply(endpoint, BODY | {"stream": False})
    assert content(await collect(reply)) == "Hello"
    assert "stream_options" not in upstream.request(0).body
    assert reply.ttft_ms is not None


async def test_connections_are_used_again(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.upstream.client.DRAIN_SECONDS", 60.0)
    for number in range(5):
        await collect(client.reply(endpoint, BODY))
        upstream.request(number).ended()
        while client._draining:
            await asyncio.wait(client._draining)
    assert upstream.connections == 1


async def test_refused_before_any_event_it_is_asked_again_and_says_so(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.refuse(503, SERVER_ERROR)
    upstream.script(steps=[reset()], transfer="wire")
    upstream.script(steps=[text("late"), finish()])
    reply = client.reply(endpoint, BODY)
    first, second, *rest = await collect(reply)
    assert isinstance(first, Waiting)
    assert isinstance(second, Waiting)
    assert first.phase == "retrying"
    assert "overloaded" in first.detail
    assert content(rest) == "late"
    assert (reply.attempts, reply.status_code) == (3, 200)


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimited), (500, ServerFailed), (529, ServerFailed)])
async def test_after_two_more_refusals_it_gives_up(
    status: int,
    kind: type[Exception],
    client: UpstreamClient,
    upstream: ScriptedUpstream,
    endpoint: Endpoint,
) -> None:
    upstream.refuse(status, SERVER_ERROR, Retry_After="0")
    reply = client.reply(endpoint, BODY)
    with pytest.raises(kind, match="overloaded"):
        await collect(reply)
    assert (reply.attempts, len(upstream.requests), reply.status_code) == (3, 3, status)


async def test_a_retry_after_beyond_patience_fails_at_once_and_says_when(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.refuse(429, SERVER_ERROR, Retry_After="90")
    with pytest.raises(
        RateLimited, match=r"Rate limited until 20\d\d-\S+ \S+ UTC: try again in 90 s"
    ) as caught:
        await collect(client.reply(endpoint, BODY))
    assert caught.value.retry_after == 90
    assert len(upstream.requests) == 1


async def test_what_asking_again_cannot_heal_is_not_asked_again(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.refuse(401, {"error": {"message": f"Incorrect API key: {endpoint.api_key}"}})
    with pytest.raises(KeyRefused, match="administrator should check") as caught:
        await collect(client.reply(endpoint, BODY))
    assert endpoint.api_key not in caught.value.message
    assert len(upstream.requests) == 1


async def test_stream_options_refused_are_left_out_and_that_is_learnt(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.refuse(422, {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs"}]})
    upstream.script(steps=[text("ok"), finish()])
    reply = client.reply(endpoint, BODY)
    assert content(await collect(reply)) == "ok"
    assert (reply.attempts, reply.endpoint) == (2, replace(endpoint, stream_options=False))
    assert "stream_options" not in upstream.request(1).body


async def test_a_developer_role_refused_is_sent_as_system_and_that_is_learnt(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.refuse(400, {"error": "messages.0.role: 'developer' is not one of ['system', 'user']"})
    upstream.script(steps=[text("ok"), finish()])
    body = {"model": "alpha", "messages": [{"role": "developer", "content": "d"}, *BODY["messages"]]}
    reply = client.reply(endpoint, body)
    assert content(await collect(reply)) == "ok"
    assert (reply.attempts, reply.endpoint) == (2, replace(endpoint, developer_role=False))
    assert [message["role"] for message in upstream.request(1).body["messages"]] == ["system", "user"]


async def test_a_refusal_about_something_else_teaches_nothing(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.refuse(400, {"error": {"message": "temperature must be below 2"}})
    reply = client.reply(endpoint, BODY)
    with pytest.raises(Exception, match="temperature"):
        await collect(reply)
    assert (reply.attempts, reply.endpoint) == (1, endpoint)


async def test_redirects_are_an_error_that_names_the_host(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.refuse(307, b"", Location="https://user:secret@evil.example:8443/x")
    with pytest.raises(Redirected, match=r"evil\.example:8443") as caught:
        await collect(client.reply(endpoint, BODY))
    assert "secret" not in caught.value.message
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("end", [hang_up(), reset()])
async def test_broken_off_before_the_finish_reason_it_is_interrupted_and_kept(
    end: Step, client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.script(steps=[text("Half"), wait_for("read"), end])
    reply = client.reply(endpoint, BODY)
    assert await anext(reply) == Delta("Half", "", "")
    upstream.release("read")
    for _ in range(2):
        with pytest.raises(Interrupted):
            await anext(reply)
    assert (reply.answer.content, reply.attempts) == ("Half", 1)


@pytest.mark.parametrize("end", [hang_up(), reset(), error("too late"), raw(b": x\n\n")])
async def test_after_the_finish_reason_it_is_complete_whatever_happens(
    end: Step, client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.script(steps=[text("All"), delta("stop"), wait_for("read"), end])
    reply, seen = client.reply(endpoint, BODY), []
    async for item in reply:
        seen.append(item)
        upstream.release("read")
    assert content(seen) == "All"
    assert reply.answer.finish_reason == "stop"


async def test_done_after_text_is_complete_and_done_alone_is_not(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.script(steps=[text("All"), event("[DONE]")])
    assert content(await collect(client.reply(endpoint, BODY))) == "All"
    upstream.script(model="beta", steps=[event("[DONE]")])
    with pytest.raises(Interrupted, match="before it said anything"):
        await collect(client.reply(endpoint, BODY | {"model": "beta"}))


async def test_an_error_in_the_stream_fails_with_the_text_kept_and_is_never_asked_again(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.script(steps=[text("Half"), error("GPU <b>on fire</b>", code="oops")])
    reply = client.reply(endpoint, BODY)
    with pytest.raises(Reported, match="reported an error: GPU on fire"):
        await collect(reply)
    assert (reply.answer.content, reply.attempts) == ("Half", 1)


async def test_an_answer_that_is_no_chat_completion_says_so(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    upstream.script(steps=[raw(b"upstream connect error")], headers={"Content-Type": "text/plain"})
    with pytest.raises(NotUnderstood, match="upstream connect error"):
        await collect(client.reply(endpoint, BODY))
