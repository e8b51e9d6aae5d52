"""The way to upstreams: one pool of connections for a process and its loop; the only file that knows httpx.

httpx runs on aiohttp's transport: half the cost of a token, and a pool that survives Stop at any moment.
Nothing is taken from the environment but the trusted certificates (SSL_CERT_FILE), no redirect is followed
and no cookie kept, so that prompts and keys go only where the administrator said. All foreign exceptions
end in `translated`.
"""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
import msgspec
from aiohttp.http_exceptions import HttpProcessingError
from httpx_aiohttp import AiohttpTransport
from httpx_aiohttp.transport import AiohttpResponseStream

from conversations.sentences import gettext_noop
from conversations.upstream import connecting
from conversations.upstream.address import ForbiddenAddress, leads_inside
from conversations.upstream.asking import request_body
from conversations.upstream.chunks import parse
from conversations.upstream.encodings import body_decoder
from conversations.upstream.endpoint import Deadlines, Endpoint, header_problem
from conversations.upstream.errors import ConnectionFailed, NotUnderstood, UpstreamError
from conversations.upstream.failures import told_by_system
from conversations.upstream.listing import Listed, listed_models
from conversations.upstream.proxy import LOOPBACK, Proxy
from conversations.upstream.refusals import Refusal
from conversations.upstream.reply import Reply

MAX_ERROR_BYTES = 64 * 1024
ERROR_SECONDS = 10.0  # for the body of a refusal, which nobody streams
MAX_LIST_BYTES = 16 * 1024 * 1024
LIST_SECONDS = 30.0
USER_AGENT = f"python-httpx/{httpx.__version__}"
DRAIN_SECONDS = 1.0  # for the end of a body after its last event; then the connection can be used again

# The first that fits, looking at the exception and at its direct cause: httpx-aiohttp calls every lost
# connection a ConnectTimeout, so aiohttp's own word comes first.
FAILURES: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        httpx.UnsupportedProtocol,
        "bad_url",
        gettext_noop("The base URL is not an http:// or https:// address."),
    ),
    (httpx.InvalidURL, "bad_url", gettext_noop("The base URL is not a valid address.")),
    (httpx.ProxyError, "proxy", gettext_noop("The proxy on the way to {host} did not let us through.")),
    (aiohttp.ConnectionTimeoutError, "timeout", gettext_noop("{host} could not be reached in time.")),
    (aiohttp.ServerTimeoutError, "timeout", gettext_noop("{host} did not answer in time.")),
    (
        aiohttp.ServerDisconnectedError,
        "closed",
        gettext_noop("{host} closed the connection without an answer."),
    ),
    (aiohttp.ClientConnectionError, "network", gettext_noop("The connection to {host} broke.")),
    (aiohttp.ClientPayloadError, "truncated", gettext_noop("{host} broke off in the middle of its answer.")),
    (aiohttp.ClientResponseError, "protocol", gettext_noop("{host} did not answer with proper HTTP.")),
    (HttpProcessingError, "protocol", gettext_noop("{host} did not answer with proper HTTP.")),
    (httpx.ConnectTimeout, "timeout", gettext_noop("{host} could not be reached in time.")),
    (httpx.PoolTimeout, "timeout", gettext_noop("{host} could not be reached in time.")),
    (httpx.TimeoutException, "timeout", gettext_noop("{host} did not answer in time.")),
    (httpx.NetworkError, "network", gettext_noop("The connection to {host} broke.")),
    (httpx.ProtocolError, "protocol", gettext_noop("{host} did not answer with proper HTTP.")),
    (httpx.DecodingError, "protocol", gettext_noop("The answer of {host} could not be decompressed.")),
    (httpx.TooManyRedirects, "redirect", gettext_noop("{host} redirects; redirects are not followed.")),
    (httpx.StreamError, "closed", gettext_noop("The connection to {host} was closed on our side.")),
    (httpx.CookieConflict, "protocol", gettext_noop("{host} did not answer with proper HTTP.")),
    (httpx.HTTPError, "http", gettext_noop("The request to {host} failed.")),
    (aiohttp.ClientError, "network", gettext_noop("The connection to {host} failed.")),
    (TimeoutError, "timeout", gettext_noop("{host} did not answer in time.")),
    (OSError, "network", gettext_noop("The connection to {host} broke.")),
    (
        ValueError,
        "bad_request",
        gettext_noop("The base URL of {host} or its key holds characters that cannot be sent."),
    ),
)
_PROXY_ASKS = gettext_noop(
    "The proxy on the way to {host} asks for a user name and a password, or for others."
)
_UNKNOWN = gettext_noop("The request to {host} failed for an unknown reason.")
_UNREADABLE_KEY = gettext_noop(
    "The stored key of {host} cannot be read, because SECRET_KEY was changed. "
    "The administrator should enter it again, or name the old SECRET_KEY in SECRET_KEY_FALLBACKS."
)
_OUR_MISTAKES = ("bad_url", "bad_request", "protocol")  # asking again changes nothing


def translated(error: Exception, host: str, proxy: str = "") -> UpstreamError:
    """The one boundary: any exception of the libraries below → ConnectionFailed, with a sentence and no
    secrets. `host` and `proxy` name the upstream and what is on the way to it.
    """
    if isinstance(error, UpstreamError):
        return error
    told = told_by_system(error)
    causes = (error, error.__cause__)
    at_proxy = any(isinstance(cause, aiohttp.ClientProxyConnectionError) for cause in causes)
    if proxy and told and (at_proxy or told[0] == "dns"):  # the upstream's name is the proxy's to resolve
        host = f"the proxy {proxy}"
    if any(isinstance(cause, aiohttp.ClientHttpProxyError) and cause.status == 407 for cause in causes):
        told = "proxy", _PROXY_ASKS
    for kind_of, kind, sentence in FAILURES:
        if told is None and any(isinstance(cause, kind_of) for cause in causes):
            told = kind, sentence
    kind, sentence = told or ("unknown", _UNKNOWN)
    failure = NotUnderstood if kind in _OUR_MISTAKES else ConnectionFailed
    return failure(sentence.format(host=host), kind=kind)


class HttpExchange:
    """An answered request; see exchange.Exchange."""

    def __init__(self, response: httpx.Response, host: str, client: "UpstreamClient") -> None:
        self.status = response.status_code
        self.headers = {name.lower(): value for name, value in response.headers.items()}
        self._response, self._host, self._client = response, host, client
        assert isinstance(response.stream, AiohttpResponseStream)
        # Raw (aiohttp does not decompress here), and aiohttp's own: the stream around it is two more
        # iterators for each token, and wraps exceptions whose causes `translated` asks for.
        self._read = response.stream._aiohttp_response.content.readany

    async def read(self) -> bytes:
        try:
            return await self._read()
        except Exception as error:
            raise translated(error, self._host) from error

    async def whole_body(self, limit: int) -> bytes:
        """At most `limit` decoded bytes; the rest is left unread."""
        encoding = body_decoder(self.headers.get("content-encoding", ""))
        body = bytearray()
        while len(body) < limit and (data := await self.read()):
            for part in encoding.decode(data):
                body += part[: limit - len(body)]
        return bytes(body)

    async def start_of_body(self) -> bytes:
        try:
            async with asyncio.timeout(ERROR_SECONDS):
                return await self.whole_body(MAX_ERROR_BYTES)
        except (UpstreamError, TimeoutError):
            return b""  # the status alone has to tell

    async def aclose(self) -> None:
        try:
            await self._response.aclose()
        except Exception as error:
            raise translated(error, self._host) from error

    def release(self) -> None:
        self._client.drain(self)


class UpstreamClient:
    """One for a process and its event loop; close it in the same loop."""

    def __init__(self, deadlines: Deadlines | None = None, *, proxy: str = "") -> None:
        self.deadlines = deadlines or Deadlines()
        tls = httpx.create_ssl_context()
        self._proxy = Proxy(proxy)
        self._direct = _transport(tls, Proxy())
        self._proxied = _transport(tls, self._proxy) if proxy else self._direct
        # aiohttp's `connect`, which httpx calls `pool`, covers DNS, TCP and TLS together. The other deadlines
        # are the reply's: a timer of the transport would be set anew for every read.
        connect = self.deadlines.connect or None
        self._timeout = httpx.Timeout(None, connect=connect, pool=connect).as_dict()
        self._draining: dict[asyncio.Task[None], HttpExchange] = {}

    def reply(self, endpoint: Endpoint, body: dict[str, Any]) -> Reply:
        """A chat completion; nothing happens until it is iterated. `body`: the request as OpenAI
        documents it.
        """
        return Reply(self, self._through_proxy(endpoint), body, self.deadlines)

    async def models(self, endpoint: Endpoint) -> list[Listed]:
        """What GET {base}/models lists, in the server's order."""
        endpoint = self._through_proxy(endpoint)
        try:
            async with asyncio.timeout(LIST_SECONDS):
                body = await self._list(endpoint)
        except TimeoutError as error:
            raise translated(error, endpoint.host) from error
        return listed_models(parse(body))

    async def aclose(self) -> None:
        draining = dict(self._draining)
        for task in draining:
            task.cancel()
        await asyncio.gather(*draining, return_exceptions=True)
        for exchange in draining.values():  # a task that was cancelled before its first step closed nothing
            await exchange.aclose()
        for transport in {self._direct, self._proxied}:
            await transport.aclose()

    async def open(
        self, endpoint: Endpoint, body: dict[str, Any], on_sent: Callable[[], None]
    ) -> HttpExchange:
        before = connecting.heard.set(on_sent)
        try:
            return await self._send(endpoint, "chat/completions", request_body(endpoint, body))
        finally:
            connecting.heard.reset(before)

    def drain(self, exchange: HttpExchange) -> None:
        """Reads what little is left of a finished body, so that its connection can be used again."""
        task = asyncio.get_running_loop().create_task(_drain(exchange))
        self._draining[task] = exchange
        task.add_done_callback(self._draining.pop)

    async def _list(self, endpoint: Endpoint) -> bytes:
        exchange = await self._send(endpoint, "models")
        try:
            if exchange.status != 200:
                refusal = Refusal(exchange.status, exchange.headers, await exchange.start_of_body())
                raise refusal.error(endpoint)
            return await exchange.whole_body(MAX_LIST_BYTES)
        finally:
            await exchange.aclose()

    def _through_proxy(self, endpoint: Endpoint) -> Endpoint:
        return replace(endpoint, hidden=self._proxy.secrets) if self._proxy.secrets else endpoint

    async def _send(self, endpoint: Endpoint, path: str, body: dict[str, Any] | None = None) -> HttpExchange:
        try:
            _check_literally(endpoint)
            _check_secrets(endpoint)
            request = httpx.Request(
                "GET" if body is None else "POST",
                _checked_url(endpoint.url(path)),
                headers=_headers(endpoint),
                content=None if body is None else msgspec.json.encode(body),
                extensions={"timeout": self._timeout},
            )
            # Not through httpx's client: what it does besides (redirects, cookies, authentication, the
            # environment's proxies) is what must not happen here.
            transport = self._direct if request.url.host in LOOPBACK else self._proxied
            return HttpExchange(await transport.handle_async_request(request), endpoint.host, self)
        except Exception as error:
            raise translated(error, endpoint.host, self._proxy.host) from error


def _check_literally(endpoint: Endpoint) -> None:
    """What is written as an inner address; a proxy might go there. The rest is checked where we connect."""
    if leads_inside(urlsplit(endpoint.base_url.strip()).hostname or ""):
        raise ForbiddenAddress


def _checked_url(address: str) -> httpx.URL:
    url = httpx.URL(address)
    if url.scheme not in ("http", "https") or not url.host:
        raise httpx.UnsupportedProtocol(f"{url.scheme} is not spoken here")
    return url


def _check_secrets(endpoint: Endpoint) -> None:
    if endpoint.unreadable:
        raise NotUnderstood(_UNREADABLE_KEY.format(host=endpoint.host), kind="unreadable_key")


def _transport(tls: ssl.SSLContext, proxy: Proxy) -> AiohttpTransport:
    through = httpx.Proxy(proxy.plain_url, headers=proxy.headers) if proxy else None
    return AiohttpTransport(verify=tls, proxy=through, client=lambda: connecting.session(tls))


def _headers(endpoint: Endpoint) -> dict[str, str]:
    headers = {
        "user-agent": USER_AGENT,
        "accept": "text/event-stream, application/json",
        "accept-encoding": "identity",
        "content-type": "application/json",
    }
    key = endpoint.api_key.strip()
    more = {name.strip().lower(): value.strip() for name, value in endpoint.headers}
    if any(header_problem(*header) for header in (("authorization", key), *more.items())):
        raise ValueError("a key or header of characters that no header may hold")
    if key:
        headers["authorization"] = f"Bearer {key}"
    return headers | more


async def _drain(exchange: HttpExchange) -> None:
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            await exchange.whole_body(MAX_ERROR_BYTES)
    except (UpstreamError, TimeoutError):
        pass  # then it is closed instead of kept
    finally:
        await exchange.aclose()
