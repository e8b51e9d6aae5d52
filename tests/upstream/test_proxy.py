"""Requests through the configured proxy, and what is said when it does not play along."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from conversations.upstream import (
    ConnectionFailed,
    Deadlines,
    Endpoint,
    KeyRefused,
    UpstreamClient,
    UpstreamError,
)
from conversations.upstream.address import BadAddress
from conversations.upstream.proxy import Proxy, check_proxy
from tests.scripted_upstream import ScriptedUpstream, raw
from tests.upstream.reading import BODY, collect, content

FAR = Endpoint("http://upstream.invalid/v1", "sk-test-0123456789")


@pytest.fixture
async def through(upstream: ScriptedUpstream) -> AsyncIterator[UpstreamClient]:
    proxy = f"http://me:top%2Dsecret@{urlsplit(upstream.base_url).netloc}"
    client = UpstreamClient(Deadlines(connect=5, first_token=5, idle=5, total=20), proxy=proxy)
    yield client
    await client.aclose()


async def test_a_proxy_is_asked_for_everything_far(
    through: UpstreamClient, upstream: ScriptedUpstream
) -> None:
    assert content(await collect(through.reply(FAR, BODY))) == "Hello you"
    assert upstream.request(0).path == "http://upstream.invalid/v1/chat/completions"
    assert upstream.request(0).headers["proxy-authorization"] == "Basic bWU6dG9wLXNlY3JldA=="


async def test_this_machine_is_asked_directly(
    through: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    assert content(await collect(through.reply(endpoint, BODY))) == "Hello you"
    assert upstream.request(0).path == "/v1/chat/completions"
    assert "proxy-authorization" not in upstream.request(0).headers


async def test_no_proxy_is_sent_inside(through: UpstreamClient, upstream: ScriptedUpstream) -> None:
    for host in ("169.254.169.254", "metadata.google.internal", "2852039166"):
        with pytest.raises(ConnectionFailed, match="network services"):
            await collect(through.reply(Endpoint(f"http://{host}/v1"), BODY))
    assert upstream.requests == []


async def test_a_proxy_that_wants_another_password_says_so(
    through: UpstreamClient, upstream: ScriptedUpstream
) -> None:
    no = b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"
    upstream.script(model="GET /upstream.invalid:443", steps=[raw(no)], transfer="wire")
    with pytest.raises(ConnectionFailed, match="asks for a user name and a password"):
        await collect(through.reply(Endpoint("https://upstream.invalid/v1"), BODY))
    upstream.refuse(407, b"top-secret is wrong, me:top%2Dsecret")
    with pytest.raises(UpstreamError, match="proxy") as caught:
        await collect(through.reply(FAR, BODY))
    assert "secret" not in str(caught.value)


async def test_what_the_proxy_repeats_is_masked(through: UpstreamClient, upstream: ScriptedUpstream) -> None:
    upstream.refuse(401, {"error": "user me with top-secret is not known"})
    with pytest.raises(KeyRefused, match=r"user me with \*\*\* is not known"):
        await collect(through.reply(FAR, BODY))


@pytest.mark.parametrize("target", ["http://far.invalid/v1", "https://far.invalid/v1"])
async def test_a_proxy_that_is_not_there_is_named(target: str) -> None:
    client = UpstreamClient(proxy="http://me:top-secret@127.0.0.1:1")
    with pytest.raises(ConnectionFailed, match=r"Nothing listens at the proxy 127\.0\.0\.1:1") as caught:
        await client.models(Endpoint(target))
    assert "top-secret" not in str(caught.value) + repr(Proxy("http://me:top-secret@127.0.0.1:1"))
    await client.aclose()


@pytest.mark.parametrize("url", ["http://proxy:3128", "https://a:b@proxy.example", "http://10.0.0.1:3128/"])
def test_proxies_that_are_taken(url: str) -> None:
    check_proxy(url)


@pytest.mark.parametrize(
    "url",
    [
        "proxy:3128", "socks5://proxy:1080", "http://", "http://proxy:99999", "http://proxy/path", "http://proxy?x=1",
        "http://169.254.169.254:80", "ftp://proxy", "http://pro xy", "http://[::1",
    ],
)  # fmt: skip
def test_proxies_that_are_not(url: str) -> None:
    with pytest.raises(BadAddress):
        check_proxy(url)
