"""The bytes of a body → an answer, however they are cut, packed or broken."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.upstream.accumulator import Accumulator
from conversations.upstream.counts import Usage
from conversations.upstream.decoder import Decoder
from conversations.upstream.errors import NotUnderstood, TooLarge
from tests.upstream.reading import HELLO, answer, choice, read, sse


@pytest.mark.parametrize("before", ["", " \n\n", "\ufeff"])
def test_a_body_in_one_piece_is_an_answer(before: str) -> None:
    choices = [{"message": {"role": "assistant", "content": "One piece."}, "finish_reason": "stop"}]
    body = {"object": "chat.completion", "choices": choices, "usage": {"prompt_tokens": 9}}
    got = read((before + json.dumps(body, indent=2)).encode()).answer
    assert (got.content, got.finish_reason) == ("One piece.", "stop")
    assert got.usage == Usage(9, details={"prompt_tokens": 9})


def test_a_json_object_a_line_is_a_stream() -> None:
    assert read("\n".join(json.dumps(value) for value in HELLO).encode()).answer.content == "Hello"


def test_a_web_page_is_no_answer() -> None:
    with pytest.raises(NotUnderstood, match="Sign in"):
        read(b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>")
    with pytest.raises(NotUnderstood, match="web page"):
        read(b"<html>" + b"x" * 20_000)


def test_broken_json_is_told_and_what_came_before_is_kept() -> None:
    chunks = iter(Decoder().feed(sse(HELLO[0], '{"choices":[{"delta":')))
    assert next(chunks).content == "Hel"
    with pytest.raises(NotUnderstood):
        next(chunks)


@pytest.mark.parametrize(
    "hostile",
    [
        '{"choices":' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"choices":[{"delta":{"content":' + "9" * 5000 + "}}]}",
        "[" * 100_000,
        "data:" * 100_000 + "{",
    ],
)
def test_hostile_json_is_told(hostile: str) -> None:
    with pytest.raises(NotUnderstood):
        answer(hostile)


NAMES = [
    "choices",
    "delta",
    "message",
    "content",
    "tool_calls",
    "function",
    "usage",
    "error",
    "index",
    "id",
    "arguments",
    "name",
    "text",
    "code",
    "base_resp",
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES), inner),
)


@given(ANYTHING)
def test_no_shape_of_json_breaks_the_decoder(value: Any) -> None:
    read(sse(value), sse({"choices": [value]}), sse(choice(value)))
    read(
        sse(choice({"tool_calls": value, "content": value, "reasoning_details": value}, value, message=value))
    )


def test_halves_of_a_character_in_two_deltas_are_joined_and_lone_ones_replaced() -> None:
    stream = sse(
        '{"choices":[{"delta":{"content":"a\\ud83d"}}]}', '{"choices":[{"delta":{"content":"\\ude00b"}}]}'
    )
    assert read(stream).answer.content == "a\U0001f600b"
    lone = sse(
        '{"choices":[{"delta":{"content":"a\\ude00b\\u0000"}}]}',
        '{"choices":[{"delta":{"content":"\\ud83d"}}]}',
    )
    assert read(lone).answer.content == "a\ufffdb\ufffd\ufffd"


STREAM = (
    b"\xef\xbb\xbf: hi\r\n\r\n"
    + sse(choice({"content": "<think>Gr\u00f6\u00dfe </think> \u6771\U0001f469\u200d\U0001f680"}))
    + sse('{"choices":[{"delta":{"content":"x\\ud83d"}}]}', choice({"reasoning": "r", "content": "\u2028y"}))
    + sse(choice({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f", "arguments": '{"a":'}}]}))
    + sse(
        choice({"tool_calls": [{"index": 0, "function": {"arguments": "1}"}}]}),
        choice({}, "tool_calls"),
        "[DONE]",
    )
)


def facts(accumulator: Accumulator) -> tuple[Any, ...]:
    got = accumulator.answer
    return got.content, got.reasoning, got.tool_calls, got.finish_reason, accumulator.done


@given(st.lists(st.integers(0, len(STREAM))))
def test_any_reads_give_the_same_answer(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    reads = [STREAM[start:end] for start, end in pairwise(places)]
    assert facts(read(*reads)) == facts(read(STREAM))


def test_every_single_cut_gives_the_same_answer() -> None:
    for cut in range(len(STREAM)):
        assert facts(read(STREAM[:cut], STREAM[cut:])) == facts(read(STREAM))


def test_a_reply_over_64_mib_is_refused() -> None:
    decoder, line = Decoder(), b": " + b"x" * ((1 << 20) - 3) + b"\n"
    for _ in range(64):
        assert list(decoder.feed(line)) == []
    with pytest.raises(TooLarge):
        list(decoder.feed(b"\n"))
