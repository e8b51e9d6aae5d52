"""Usage, wherever it stands and however it is spelled."""

from typing import Any

import pytest

from conversations.upstream.counts import Usage, merged, usage_from
from tests.upstream.reading import answer, choice

COUNTS = {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}


def totals(usage: Usage | None) -> tuple[Any, ...] | None:
    return (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) if usage else None


@pytest.mark.parametrize(
    "values",
    [
        [{"choices": [], "usage": COUNTS}],
        [choice({}, "stop") | {"usage": COUNTS}],
        [choice({}, "stop", usage=COUNTS)],
        [choice({}, "stop") | {"x_groq": {"id": "r", "usage": COUNTS}}],
        [choice({"content": "x"}) | {"usage": {"prompt_tokens": 5, "total_tokens": 5}},
         choice({}, "stop") | {"usage": COUNTS}],
        [{"usage": COUNTS}, {"usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}}],
        [{"usage": {"input_tokens": 5, "output_tokens": 1}}, {"usage": {"output_tokens": 3}}],
        [{"usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 3, "totalTokenCount": 8}}],
        [{"usage": {"prompt_tokens": "5", "completion_tokens": 3.0}}],
        [{"usage": COUNTS}, {"usage": None}, {"usage": {}}, {"usage": [1]}, {"usage": {"x": None}}],
    ],
)  # fmt: skip
def test_usage_is_found(values: list[Any]) -> None:
    assert totals(answer(*values).usage) == (5, 3, 8)


@pytest.mark.parametrize(
    "value", [None, {}, [], "x", {"prompt_tokens": True}, {"prompt_tokens": -1}, {"total_tokens": 2**60}]
)
def test_nonsense_is_no_usage(value: Any) -> None:
    assert usage_from(value) is None


@pytest.mark.parametrize(
    "more",
    [
        {"prompt_tokens_details": {"cached_tokens": 2}, "completion_tokens_details": {"reasoning_tokens": 1}},
        {"prompt_cache_hit_tokens": 2, "reasoning_tokens": 1},
        {"cache_read_input_tokens": 2, "output_tokens_details": {"reasoning_tokens": 1}},
    ],
)
def test_cached_and_reasoning_tokens_are_found(more: dict[str, Any]) -> None:
    usage = usage_from(COUNTS | more)
    assert usage is not None
    assert (usage.cached_tokens, usage.reasoning_tokens, usage.details) == (2, 1, COUNTS | more)


def test_zeros_alone_stay_zeros() -> None:
    zero = Usage(0, 0, 0)
    assert totals(merged(zero, zero)) == (0, 0, 0)
    assert totals(merged(Usage(1), Usage(1))) == (1, None, 1)
