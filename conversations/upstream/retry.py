"""How long to wait before a refused request is made again, and when not to."""

import random

from conversations.upstream.errors import UpstreamError

MAX_RETRIES = 2
MAX_RETRY_AFTER = 20.0  # seconds; a server that wants more time gets it from the person, not from us
_BACKOFF = (0.5, 1.5)  # seconds, the middle of what jitter makes of them


def pause_before(retry: int, error: UpstreamError) -> float | None:
    """Seconds before retry number `retry` (from 0); None: do not try again."""
    if retry >= MAX_RETRIES:
        return None
    jitter = random.uniform(0.5, 1.5)
    if error.retry_after is None:
        return _BACKOFF[retry] * jitter
    if error.retry_after > MAX_RETRY_AFTER:
        return None
    return error.retry_after + 0.2 * jitter  # not before the time that the server named
