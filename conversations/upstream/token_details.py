"""The finer counts of a usage object, where a server has them: audio, and predictions taken or not."""

from typing import Any

from conversations.upstream.counts import MAX_COUNT

# Our name → the object inside the usage, and its key there (OpenAI's own names).
_PLACES = {
    "prompt_audio_tokens": (("prompt_tokens_details", "input_tokens_details"), "audio_tokens"),
    "completion_audio_tokens": (("completion_tokens_details", "output_tokens_details"), "audio_tokens"),
    "accepted_prediction_tokens": (("completion_tokens_details",), "accepted_prediction_tokens"),
    "rejected_prediction_tokens": (("completion_tokens_details",), "rejected_prediction_tokens"),
}
NAMES = tuple(_PLACES)


def token_details(usage: dict[str, Any]) -> dict[str, int | None]:
    """Each of NAMES with its count; None where the server says nothing, or nonsense."""
    return {name: _count(usage, *place) for name, place in _PLACES.items()}


def _count(usage: dict[str, Any], objects: tuple[str, ...], key: str) -> int | None:
    inner: dict[str, Any] = next((usage[name] for name in objects if isinstance(usage.get(name), dict)), {})
    count = inner.get(key)
    is_count = isinstance(count, int) and not isinstance(count, bool) and 0 <= count < MAX_COUNT
    return count if is_count else None
