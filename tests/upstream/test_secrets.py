"""Keys and extra headers: sent to the upstream, repeated nowhere."""

from dataclasses import replace

import pytest

from conversations.upstream import Endpoint, NotUnderstood, Refused, UpstreamClient, UpstreamError
from conversations.upstream.endpoint import header_problem
from tests.scripted_upstream import ScriptedUpstream, error, raw, text
from tests.upstream.reading import BODY, collect

HEADERS = (("api-key", "azure-0123456789"), ("X-Team", "red"), ("Cookie", "session=Basic dXNlcjpwYXNz"))
SECRETS = ("azure-0123456789", "session=Basic dXNlcjpwYXNz", "dXNlcjpwYXNz", "sk-test-0123456789abcdef")
EVERYTHING = " ".join(SECRETS)
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def secretive(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, headers=HEADERS)


async def test_extra_headers_are_sent_with_every_request(
    client: UpstreamClient, upstream: ScriptedUpstream, secretive: Endpoint
) -> None:
    await collect(client.reply(secretive, BODY))
    await client.models(secretive)
    for number in range(2):
        sent = upstream.request(number).headers
        assert {name: sent[name.lower()] for name, _ in HEADERS} == dict(HEADERS)
        assert sent["authorization"] == "Bearer sk-test-0123456789abcdef"


async def test_an_extra_header_takes_the_place_of_ours(
    client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    own = replace(endpoint, headers=(("AUTHORIZATION", "Token other"), ("accept", "application/json")))
    await collect(client.reply(own, BODY))
    sent = upstream.request(0).headers
    assert (sent["authorization"], sent["accept"]) == ("Token other", "application/json")


def test_an_endpoint_shows_no_secret(secretive: Endpoint) -> None:
    shown = repr(secretive) + str(secretive) + f"{secretive!r}"
    assert not any(secret in shown for secret in (*SECRETS, "red"))


@pytest.mark.parametrize("status", [307, 400, 401, 404, 413, 429, 500])
async def test_a_refusal_repeats_no_secret(
    status: int, client: UpstreamClient, upstream: ScriptedUpstream, secretive: Endpoint
) -> None:
    for model in ("alpha", "GET /models"):
        upstream.refuse(
            status,
            {"error": {"message": f"no: {EVERYTHING}"}},
            model=model,
            Retry_After="90",
            Location="http://azure-0123456789/",
        )
    for ask in (lambda: collect(client.reply(secretive, BODY)), lambda: client.models(secretive)):
        with pytest.raises(Refused) as caught:
            await ask()
        assert "***" in caught.value.message
        assert not any(secret in str(caught.value) for secret in SECRETS)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (error(EVERYTHING).data, {}),
        (EVERYTHING.encode(), {}),
        (b'{"error": {"code": 429, "message": "%s"}}' % EVERYTHING.encode(), JSON),
        (b"<html><title>%s%s</title></html>" % (b" x" * 138, EVERYTHING.encode()), JSON),
        (text("half").data + b"server error " + EVERYTHING.encode(), {}),
    ],
)
async def test_no_failure_inside_an_answer_repeats_a_secret(
    body: bytes,
    headers: dict[str, str],
    client: UpstreamClient,
    upstream: ScriptedUpstream,
    secretive: Endpoint,
) -> None:
    upstream.script(steps=[raw(body)], headers=headers)
    with pytest.raises(UpstreamError) as caught:
        await collect(client.reply(secretive, BODY))
    assert not any(secret[:8] in str(caught.value) for secret in SECRETS)


def test_a_key_in_the_query_of_the_address_is_a_secret_and_a_version_is_none() -> None:
    url = "https://x.example/v1?api-version=2024-10-21&key=AIza0123456789"
    assert Endpoint(url).secrets == ("AIza0123456789",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Length", "5"), ("Host", "x"), ("Transfer-Encoding", "chunked"), ("a b", "x"), ("", "x"),
        ("X-A:", "x"), ("X-A", "x\r\nX-B: y"), ("X-A", "grün"), ("X-A", "x" * 5000), ("X-Ä", "x"),
    ],
)  # fmt: skip
async def test_a_header_that_cannot_be_sent_is_told_and_never_sent(
    name: str, value: str, client: UpstreamClient, upstream: ScriptedUpstream, endpoint: Endpoint
) -> None:
    assert header_problem(name, value)
    with pytest.raises(NotUnderstood):
        await collect(client.reply(replace(endpoint, headers=((name, value),)), BODY))
    assert upstream.requests == []
