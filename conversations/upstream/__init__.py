"""Talks to OpenAI-compatible servers. Bytes in, deltas out; no Django in here.

The way of a token, each step pure and in its own module: bytes → `sse` events → `chunks` (`dialects`) →
`accumulator` → `outcome`. `reply` walks it, `client` does the input and output, `errors` says what can go
wrong.
"""

from typing import TYPE_CHECKING

from conversations.upstream.accumulator import Answer, Delta
from conversations.upstream.counts import Usage
from conversations.upstream.endpoint import Deadlines, Endpoint
from conversations.upstream.errors import (
    ConnectionFailed,
    DeadlineExceeded,
    Interrupted,
    KeyRefused,
    NotFound,
    NotUnderstood,
    RateLimited,
    Redirected,
    Refused,
    Reported,
    ServerFailed,
    TooLarge,
    TooLong,
    UpstreamError,
)
from conversations.upstream.reply import Reply, Waiting

if TYPE_CHECKING:
    from conversations.upstream.client import UpstreamClient

__all__ = [
    "Answer",
    "ConnectionFailed",
    "DeadlineExceeded",
    "Deadlines",
    "Delta",
    "Endpoint",
    "Interrupted",
    "KeyRefused",
    "NotFound",
    "NotUnderstood",
    "RateLimited",
    "Redirected",
    "Refused",
    "Reply",
    "Reported",
    "ServerFailed",
    "TooLarge",
    "TooLong",
    "UpstreamClient",
    "UpstreamError",
    "Usage",
    "Waiting",
]


def __getattr__(name: str) -> type["UpstreamClient"]:
    """Loads the client when it is first named: its HTTP libraries are half a second of every start."""
    if name != "UpstreamClient":
        raise AttributeError(name)
    from conversations.upstream.client import UpstreamClient

    return UpstreamClient
