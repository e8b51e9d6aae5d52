"""events → answer, for the dialects that servers really speak."""

import json
from typing import Any

import pytest

from tests.upstream.reading import HELLO, answer, choice

THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": "why"}]}
SUMMARY = [{"type": "reasoning.summary", "summary": "why"}, {"type": "reasoning.encrypted", "data": "x"}]


@pytest.mark.parametrize(
    ("values", "content", "reasoning"),
    [
        (HELLO, "Hello", ""),
        ([*HELLO, "[DONE]", choice({"content": " ghost"})], "Hello", ""),
        ([choice(None), {"choices": None}, {"choices": []}, {}, [], "null", *HELLO], "Hello", ""),
        (
            [choice({"content": ["Hel", {"type": "text", "text": "lo"}, {"type": "image_url"}, None]})],
            "Hello",
            "",
        ),
        ([choice({"content": {"type": "text", "text": {"value": "Hello"}}})], "Hello", ""),
        ([choice({"content": 4}), choice({"content": 2.5}), choice({"content": True})], "42.5", ""),
        ([choice("Hello")], "Hello", ""),
        ([{"choices": [{"text": "Hello"}]}], "Hello", ""),
        ([{"choices": {"delta": {"content": "Hello"}}}], "Hello", ""),
        ([{"choices": [None, 3, {"index": 1, "delta": {"content": "other"}}]}, *HELLO], "Hello", ""),
        (
            [{"choices": [{"message": {"content": "Hel"}}]}, {"choices": [{"message": {"content": "lo"}}]}],
            "Hello",
            "",
        ),
        (
            [*HELLO, {"object": "chat.completion", "choices": [{"message": {"content": "Hello"}}]}],
            "Hello",
            "",
        ),
        ([HELLO[0], {"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}], "Hello", ""),
        (['{"choices":[{"delta":{"content":"a\tb"}}],"x":NaN}'], "a\tb", ""),
        (
            [{"choices": [{"message": {"content": text}}]} for text in ("Hel", "Hello", "Hello!")],
            "Hello!",
            "",
        ),
        ([{"message": {"content": "Hel"}}, {"message": {"content": "lo"}, "done": True}], "Hello", ""),
        (["data: " + json.dumps(HELLO[0])], "Hel", ""),
        (["ping", '{"type":"ping"}', *HELLO], "Hello", ""),
        ([json.dumps(HELLO[0]) + "\ndata: " + json.dumps(HELLO[1])], "Hello", ""),
        ([json.dumps(HELLO[0], indent=1).replace("\n", "\ndata: ")], "Hel", ""),
        ([choice({"reasoning_content": "why", "content": None}), *HELLO], "Hello", "why"),
        (
            [choice({"reasoning": "why", "reasoning_details": [{"type": "reasoning.text", "text": "why"}]})],
            "",
            "why",
        ),
        ([choice({"reasoning_details": SUMMARY})], "", "why"),
        ([choice({"reasoning": "why", "reasoning_content": "why"})], "", "why"),
        ([choice({"thinking_blocks": [{"type": "thinking", "thinking": "why"}]})], "", "why"),
        ([choice({"content": [THOUGHT]})], "", "why"),
        (
            [choice({"content": "why", "extra_content": {"google": {"thought": True}}}), *HELLO],
            "Hello",
            "why",
        ),
        (
            [
                choice({"content": "<thi"}),
                choice({"content": "nk>\nwhy\n</th"}),
                choice({"content": "ink>\n\nHi"}),
            ],
            "Hi",
            "why",
        ),
        ([choice({"content": "x <think>y</think>"})], "x <think>y</think>", ""),
    ],
)
def test_the_text_is(values: list[Any], content: str, reasoning: str) -> None:
    got = answer(*values)
    assert (got.content, got.reasoning) == (content, reasoning)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("stop", "stop"),
        ("", None),
        ("null", None),
        ("None", None),
        (None, None),
        (7, None),
        ("eos_token", "eos_token"),
    ],
)
def test_a_finish_reason_is_a_word(reason: Any, expected: str | None) -> None:
    assert answer(choice({"content": "x"}, reason)).finish_reason == expected
    assert answer(choice(None, reason)).finish_reason == expected


def test_finish_details_and_a_reason_inside_the_delta_count() -> None:
    assert answer(choice({}, finish_details={"type": "stop"})).finish_reason == "stop"
    assert answer(choice({"finish_reason": "length"})).finish_reason == "length"


def test_a_refusal_comes_as_field_or_as_part() -> None:
    assert answer(choice({"refusal": "No"}), choice({"refusal": "."})).refusal == "No."
    assert answer(choice({"content": [{"type": "refusal", "refusal": "No."}]})).refusal == "No."


def test_model_and_id_are_the_first_that_are_named() -> None:
    got = answer(
        {"model": "", "id": None, **HELLO[0]},
        {"model": "m", "id": "i", **HELLO[1]},
        {"model": "x", "id": "y"},
    )
    assert (got.model, got.upstream_id) == ("m", "i")
