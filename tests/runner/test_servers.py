"""What servers teach us, refuse, and claim: it is remembered, explained, and harmless."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from conversations import endings
from conversations.lifecycle import House
from conversations.models import Provider
from conversations.upstream import retry
from tests.runner.asking import Watched, ask, queue
from tests.scripted_upstream import (
    ScriptedUpstream,
    Step,
    chunk,
    delta,
    event,
    finish,
    refusal,
    text,
    tool_call,
)

REFUSED = {"error": {"message": "Unrecognized request argument supplied: stream_options"}}


async def test_a_server_that_knows_no_stream_options_is_asked_without_from_then_on(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember = Watched(monkeypatch, endings, "remember_endpoint")
    upstream.refuse(400, REFUSED)
    upstream.script(steps=[text("Fine."), finish()])
    first = await ask(house, alice)
    message, generation = await first.ended()
    assert (message.content, message.status, generation.attempts) == ("Fine.", "complete", 2)
    await remember.until(lambda watched: len(watched.results) == 1)
    await provider.arefresh_from_db()
    assert (provider.stream_options, provider.developer_role) == (False, True)
    second = await ask(house, alice)
    assert (await second.ended())[1].attempts == 1
    assert ["stream_options" in request.body for request in upstream.requests] == [True, False, False]


async def test_a_retry_is_counted_and_said(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "_BACKOFF", (0.01, 0.01))
    upstream.refuse(503, {"error": {"message": "Overloaded"}})
    upstream.script(steps=[text("At last."), finish()])
    asked = await ask(house, alice)
    notices = []
    asked.feed.listeners.add(lambda: notices.append(asked.feed.notice))
    asked.feed.listeners.add(asked._changed.set)
    message, generation = await asked.ended()
    assert (message.content, message.status, generation.attempts) == ("At last.", "complete", 2)
    phases = [notice.phase for notice in notices if notice]
    assert phases == ["connecting", "reading", "retrying", "connecting", "reading"]
    assert len(upstream.requests) == 2


async def test_a_provider_that_was_deleted_is_explained(
    house: House, alice: User, provider: Provider
) -> None:
    asked = await queue(house, alice)
    await provider.adelete()
    message, generation = await asked.ended()
    assert (message.status, generation.status) == ("failed", "failed")
    assert message.error
    assert (generation.provider_name, generation.source) == ("scripted", "")


def usage(counts: Any) -> Step:
    return chunk({"choices": [], "usage": counts})


HOSTILE = {
    "too large": {"prompt_tokens": 2**80, "completion_tokens": 2**4000, "total_tokens": 2**63},
    "negative": {"prompt_tokens": -5, "completion_tokens": -1, "total_tokens": -6},
    "large": {"prompt_tokens": 2**53 - 1, "completion_tokens": 2**53 - 1, "total_tokens": 2**53 - 1},
    "nul": {"prompt_tokens": 1, "completion_tokens": 1, "note": "a\0b", "k\0": 1},
    "half": {"prompt_tokens": 1, "completion_tokens": 1, "note": "\ud83d", "\udc00": [{"x": "\udfff"}]},
    "not numbers": {"prompt_tokens": "many", "completion_tokens": [1], "total_tokens": {"a": 1}},
    "a list": [1, 2],
}


@pytest.mark.parametrize("counts", HOSTILE.values(), ids=HOSTILE.keys())
async def test_nonsense_in_the_usage_costs_no_text(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, counts: Any
) -> None:
    upstream.script(steps=[text("Text"), delta("stop"), usage(counts), event("[DONE]")])
    asked = await ask(house, alice)
    message, generation = await asked.ended()
    assert (message.content, message.status, generation.status) == ("Text", "complete", "complete")
    assert generation.total_tokens is None or generation.total_tokens >= 0
    assert message.tokens_per_second is None or message.tokens_per_second > 0


async def test_a_report_that_is_no_json_number_costs_no_text(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    counts = '{"prompt_tokens": 1, "completion_tokens": 1, "odd": NaN, "more": [Infinity, 1e999]}'
    upstream.script(
        steps=[
            text("Text"),
            delta("stop"),
            event('{"choices": [], "usage": ' + counts + "}"),
            event("[DONE]"),
        ]
    )
    asked = await ask(house, alice)
    message, _ = await asked.ended()
    assert (message.content, message.status) == ("Text", "complete")


async def test_marks_that_databases_refuse_are_replaced(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(
        steps=[
            chunk(
                {
                    "id": "a\0b",
                    "model": "m\0\ud800",
                    "choices": [{"delta": {"content": "NUL \0, half \ud83d"}}],
                }
            ),
            delta(reasoning_content="r\0"),
            refusal("n\0"),
            tool_call("f\0", '{"a": "\0\udc00"}', id="c\0"),
            delta("st\0p"),
            event("[DONE]"),
        ]
    )
    asked = await ask(house, alice)
    message, generation = await asked.ended()
    assert message.status == "complete"
    assert message.content == asked.feed.content == "NUL \ufffd, half \ufffd"
    assert message.reasoning == "r\ufffd"
    assert "\0" not in generation.model_answered + generation.upstream_id + generation.finish_reason
    assert len(message.tool_calls) == 1


async def test_words_of_any_length_fit(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    long = "x" * 5000
    upstream.script(
        steps=[
            chunk({"id": long, "model": long, "choices": [{"delta": {"content": "Text"}}]}),
            delta(long),
            event("[DONE]"),
        ]
    )
    asked = await ask(house, alice)
    message, generation = await asked.ended()
    assert (message.content, generation.status) == ("Text", message.status)
    assert len(generation.model_answered) <= 200
