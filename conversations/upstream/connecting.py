"""The sockets to upstreams: each is made for one address, and for no address that must not be asked.

The check stands where the socket is made, so that nothing lies between it and the connection: neither a
second look into DNS nor a literal address that no resolver is asked about.
"""

import socket
import ssl
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import aiohttp

from conversations.upstream.address import ForbiddenAddress, is_forbidden, numeric

KEEPALIVE_SECONDS = 20.0
DNS_SECONDS = 10
MAX_HEADER_BYTES = 64 * 1024  # gateways write long ones; aiohttp's own limit is 8 KiB

# Called when the request that this task makes has been sent. Here, because httpx has no way to hand it on.
heard: ContextVar[Callable[[], None] | None] = ContextVar("heard", default=None)


def session(tls: ssl.SSLContext) -> aiohttp.ClientSession:
    """To be made inside the loop, at the first request."""
    connector = aiohttp.TCPConnector(
        ssl=tls,
        limit=0,
        keepalive_timeout=KEEPALIVE_SECONDS,
        ttl_dns_cache=DNS_SECONDS,
        socket_factory=_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        max_line_size=MAX_HEADER_BYTES,
        max_field_size=MAX_HEADER_BYTES,
        trace_configs=[_trace()],
    )


def _trace() -> aiohttp.TraceConfig:
    async def sent(*_: Any) -> None:
        if on_sent := heard.get():
            on_sent()

    trace = aiohttp.TraceConfig()
    trace.on_request_chunk_sent.append(sent)
    return trace


def _socket(target: aiohttp.AddrInfoType) -> socket.socket:
    family, kind, protocol, _, place = target
    address = numeric(str(place[0]))
    if address is None or is_forbidden(address):
        raise ForbiddenAddress
    return socket.socket(family, kind, protocol)
