"""Addresses that may be asked, as somebody enters them and as they are connected to."""

import ipaddress
import socket
from typing import Any

import pytest

from conversations.upstream import ConnectionFailed, Endpoint, UpstreamClient
from conversations.upstream.address import BadAddress, check_address, is_forbidden
from tests.scripted_upstream import ScriptedUpstream, hold, text
from tests.upstream.reading import BODY, collect, content


@pytest.mark.parametrize(
    "address",
    [
        "https://api.openai.com/v1", "http://localhost:11434/v1", "http://vllm:8000", "http://10.0.0.7/v1",
        "http://[::1]:8000/v1", "http://my_host/v1", "https://xn--mnchen-3ya.example/v1/",
        "https://x.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21", "http://host/v1?",
    ],
)  # fmt: skip
def test_plain_addresses_are_taken(address: str) -> None:
    check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "api.openai.com/v1", "ftp://host/v1", "file:///etc/passwd", "javascript:alert(1)", "http://", "http:///v1",
        "http://user@host/v1", "http://user:pw@host/v1", "http://@host/v1", "http://host/v1?key=x", "http://host/v1#x",
        "http://host:0/v1", "http://host:99999/v1", "http://host:x/v1", "http://[::1/v1",
        "http://ho st/v1", "http://host/v1\n", "http://ho\u200bst/v1", "http://host%2f@evil/v1", "http://a\\b/v1",
        "http://169.254.169.254/latest", "http://169.254.0.1/v1", "http://[fe80::1]/v1", "http://2852039166/v1",
        "http://0xa9fea9fe/v1", "http://0251.0376.0251.0376/v1", "http://169.254.43518/v1",
        "http://[::ffff:169.254.169.254]/v1", "http://[::ffff:a9fe:a9fe]/v1", "http://[2002:a9fe:a9fe::]/v1",
        "http://[64:ff9b::a9fe:a9fe]/v1", "http://[fd00:ec2::254]/v1", "http://100.100.100.200/v1",
        "http://metadata.google.internal/v1", "http://METADATA.google.internal./v1", "http://0.0.0.0/v1",
        "http://\uff11\uff16\uff19.254.169.254/v1", "http://224.0.0.1/v1",
    ],
)  # fmt: skip
def test_other_addresses_are_not(address: str) -> None:
    with pytest.raises(BadAddress, match=r"\.$"):
        check_address(address)


INSIDE = [
    "169.254.169.254", "169.254.170.2", "::ffff:169.254.169.254", "::169.254.169.254", "fd00:ec2::254",
    "fd00:ec2::23", "fe80::1", "fe80::1%1", "2002:a9fe:a9fe::1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe",
    "::ffff:0:a9fe:a9fe", "2001:0:a9fe:a9fe::1", "2001:0:4136:e378:8000:63bf:5601:5601",
    "2001:db8::5efe:a9fe:a9fe", "100.100.100.200", "fd20:ce::254", "168.63.129.16", "0.0.0.0", "::",
    "ff02::1",
]  # fmt: skip
OUTSIDE = [
    "127.0.0.1", "::1", "10.0.0.7", "192.168.1.5", "fd12::7", "100.64.0.1", "::ffff:10.0.0.7", "1.1.1.1",
]  # fmt: skip
WRITTEN = [
    "169.254.169.254", "2852039166", "0xa9.0xfe.43518", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]", "metadata",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_inner_addresses_are_known_in_every_disguise(address: str) -> None:
    assert is_forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_own_networks_are_where_models_live(address: str) -> None:
    assert not is_forbidden(ipaddress.ip_address(address))


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name leads to these addresses."""

    async def to_them(self: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for address in addresses
        ]

    monkeypatch.setattr("aiohttp.ThreadedResolver.resolve", to_them)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Where sockets really went."""
    went: list[Any] = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        went.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    return went


async def told(client: UpstreamClient, endpoint: Endpoint) -> str:
    for ask in (lambda: collect(client.reply(endpoint, BODY)), lambda: client.models(endpoint)):
        with pytest.raises(ConnectionFailed) as caught:
            await ask()
        assert caught.value.kind == "forbidden"
    return caught.value.message


@pytest.mark.parametrize("address", [*INSIDE, "169.254.169.254 fd00:ec2::254"])
async def test_a_name_that_leads_inside_is_never_connected_to(
    address: str, client: UpstreamClient, monkeypatch: pytest.MonkeyPatch, connected: list[Any]
) -> None:
    resolve(monkeypatch, *address.split())
    said = await told(client, Endpoint("http://innocent.example/v1", "sk-test"))
    assert said.startswith("innocent.example leads to an address of the machine's own network services")
    assert connected == []


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "2852039166", "0xa9.0xfe.43518", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]", "metadata"],
)
async def test_an_inner_address_is_not_asked_however_it_is_written(
    host: str, client: UpstreamClient, connected: list[Any]
) -> None:
    await told(client, Endpoint(f"http://{host}/v1"))
    assert connected == []


async def test_of_several_addresses_only_the_allowed_one_is_connected_to(
    client: UpstreamClient, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch, connected: list[Any]
) -> None:
    resolve(monkeypatch, "169.254.169.254", "127.0.0.1")
    asked = Endpoint(upstream.base_url.replace("127.0.0.1", "both.example"))
    assert content(await collect(client.reply(asked, BODY))) == "Hello you"
    assert {address[0] for address in connected} == {"127.0.0.1"}


async def test_a_name_that_leads_elsewhere_the_next_time_is_checked_again(
    client: UpstreamClient, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.upstream.connecting.DNS_SECONDS", 0)
    asked = Endpoint(upstream.base_url.replace("127.0.0.1", "rebound.example"))
    resolve(monkeypatch, "127.0.0.1")
    upstream.script(steps=[text("Half"), hold()])
    async with client.reply(asked, BODY) as reply:  # its connection cannot be used for another one
        await anext(reply)
        resolve(monkeypatch, "169.254.169.254")
        await told(client, asked)


async def test_the_refusal_of_one_of_several_addresses_is_told(
    client: UpstreamClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(monkeypatch, "::1", "127.0.0.1")
    with pytest.raises(ConnectionFailed) as caught:
        await client.models(Endpoint("http://down.example:1/v1"))
    assert caught.value.kind == "refused"
