"""Token counts in all their spellings → Usage."""

from dataclasses import dataclass, field
from typing import Any

MAX_COUNT = 2**53  # beyond this no server counts tokens; it is a mistake or an attack

_PROMPT = ("prompt_tokens", "input_tokens", "promptTokenCount", "inputTokenCount", "prompt_eval_count")
_COMPLETION = (
    "completion_tokens", "output_tokens", "candidatesTokenCount", "outputTokenCount", "eval_count",
)  # fmt: skip
_TOTAL = ("total_tokens", "totalTokenCount", "totalTokens")
_CACHED = ("cached_tokens", "prompt_cache_hit_tokens", "cache_read_input_tokens", "cachedContentTokenCount")
_REASONING = ("reasoning_tokens", "thoughtsTokenCount")


@dataclass(slots=True)
class Usage:
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    details: dict[str, Any] = field(default_factory=dict)  # the upstream's own object, as it came last


def usage_from(value: object) -> Usage | None:
    """None when nothing in `value` counts tokens. A missing total is the sum of the two others."""
    if not isinstance(value, dict):
        return None
    prompt, completion = _count(value, _PROMPT), _count(value, _COMPLETION)
    total = _count(value, _TOTAL)
    if prompt is None and completion is None and total is None:
        return None
    if total is None and prompt is not None and completion is not None:
        total = prompt + completion
    asked = _inner(value, "prompt_tokens_details", "input_tokens_details")
    answered = _inner(value, "completion_tokens_details", "output_tokens_details")
    cached = _count(asked, _CACHED)
    reasoning = _count(answered, _REASONING)
    return Usage(
        prompt,
        completion,
        total,
        _count(value, _CACHED) if cached is None else cached,
        _count(value, _REASONING) if reasoning is None else reasoning,
        value,
    )


def merged(old: Usage | None, new: Usage) -> Usage:
    """Counts grow while an answer is written: the later report counts, but what it leaves out or at 0
    stays.
    """
    if old is None:
        return new
    prompt = new.prompt_tokens or old.prompt_tokens
    completion = new.completion_tokens or old.completion_tokens
    parts = (prompt or 0) + (completion or 0)
    reports_both = new.prompt_tokens and new.completion_tokens
    total = new.total_tokens if reports_both else max(new.total_tokens or 0, old.total_tokens or 0, parts)
    return Usage(
        _known(prompt, new.prompt_tokens),
        _known(completion, new.completion_tokens),
        total if total or old.total_tokens is not None or new.total_tokens is not None else None,
        new.cached_tokens or old.cached_tokens,
        new.reasoning_tokens or old.reasoning_tokens,
        {**old.details, **new.details},
    )


def _known(merged_count: int | None, reported: int | None) -> int | None:
    return reported if merged_count is None else merged_count


def _inner(value: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        inner = value.get(name)
        if isinstance(inner, dict):
            return inner
    return {}


def _count(value: dict[str, Any], names: tuple[str, ...]) -> int | None:
    for name in names:
        count = _whole(value.get(name))
        if count is not None:
            return count
    return None


def _whole(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        value = int(value)
    if isinstance(value, float) and value == value // 1 and abs(value) < MAX_COUNT:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value < MAX_COUNT else None
