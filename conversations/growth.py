"""What a message holds after a request for it has ended: a continued one has grown by it. Pure."""

from typing import TYPE_CHECKING, Any

from conversations.models import Generation
from conversations.upstream import Usage

if TYPE_CHECKING:
    from conversations.endings import Ending

TOKEN_FIELDS = ("prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens", "reasoning_tokens")


def grown(row: dict[str, Any], ending: "Ending") -> dict[str, Any]:
    """The fields of a message after the end of a request for it; `row` names them `message__…`."""
    usage = usage_of(ending.usage, ending.source) if ending.usage else None
    ttft_ms, duration_ms = row["message__ttft_ms"], row["message__duration_ms"]
    return {
        "content": (row["message__content"] or "") + ending.content,
        "reasoning": (row["message__reasoning"] or "") + ending.reasoning,
        "refusal": (row["message__refusal"] or "") + ending.refusal,
        "tool_calls": [*(row["message__tool_calls"] or ()), *ending.tool_calls],
        "status": ending.status,
        "finish_reason": ending.finish_reason[:40],
        "error": ending.error,
        "error_kind": ending.error_kind[:40],
        "last_seq": ending.last_seq,
        "model": (ending.model_answered or row["model_requested"])[:200],
        "usage": summed(row["message__usage"], usage),
        "ttft_ms": ending.ttft_ms if ttft_ms is None else ttft_ms,
        "reasoning_ms": _plus(row["message__reasoning_ms"], ending.reasoning_ms),
        "duration_ms": ending.duration_ms if duration_ms is None else duration_ms + (ending.duration_ms or 0),
    }


def summed(before: dict[str, Any] | None, more: dict[str, Any] | None) -> dict[str, Any] | None:
    """The usage of an answer that took several requests; estimated as soon as one of them was."""
    if not before or not more:
        return before or more
    estimated = Generation.Source.ESTIMATED.value
    sources = (before.get("source"), more.get("source"))
    told = [name for name in TOKEN_FIELDS if name in before or name in more]
    counts = {name: _plus(before.get(name), more.get(name)) for name in told}
    # Each request carried the conversation, but only the last one says how much of the context is taken now.
    held = _plus(more.get("prompt_tokens"), more.get("completion_tokens"))
    return {
        **counts,
        "context_tokens": held,
        "source": estimated if estimated in sources else more.get("source"),
    }


def _plus(before: int | None, more: int | None) -> int | None:
    return before + more if before is not None and more is not None else before if more is None else more


def usage_of(usage: Usage, source: str) -> dict[str, Any]:
    """The usage object of exports and frames: the three totals, what else is known, and the source."""
    known = {"cached_tokens": usage.cached_tokens, "reasoning_tokens": usage.reasoning_tokens}
    return {
        "prompt_tokens": usage.prompt_tokens,
        "completion_tokens": usage.completion_tokens,
        "total_tokens": usage.total_tokens,
        **{name: count for name, count in known.items() if count is not None},
        "source": source,
    }
