"""Talks to OpenAI-compatible servers. Bytes in, deltas out; no Django in here.

The way of a token, each step pure and in its own module: bytes → `sse` events → `chunks` (`dialects`) →
`accumulator` → `outcome`. `reply` walks it, `client` does the input and output, `errors` says what can go
wrong.
"""

from conversations.upstream.accumulator import Answer, Delta
from conversations.upstream.client import UpstreamClient
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
