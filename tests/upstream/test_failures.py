"""Foreign exceptions are translated at one boundary, each to a sentence."""

import inspect
import socket
import ssl
from pathlib import Path

import httpx
import pytest

import conversations.upstream
from conversations.upstream import (
    ConnectionFailed,
    Deadlines,
    Endpoint,
    NotUnderstood,
    UpstreamClient,
    UpstreamError,
)
from conversations.upstream.client import FAILURES, translated
from tests.upstream.reading import BODY, collect


def all_of_httpx() -> list[type[Exception]]:
    found = (
        value for value in vars(httpx).values() if inspect.isclass(value) and issubclass(value, Exception)
    )
    return sorted(found, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", all_of_httpx())
def test_every_exception_of_httpx_is_mapped(kind: type[Exception]) -> None:
    error = translated(kind.__new__(kind), "host.example")
    assert isinstance(error, ConnectionFailed | NotUnderstood)
    assert error.kind != "unknown"


def test_subclasses_stand_before_their_bases() -> None:
    kinds = [kind for kind, _, _ in FAILURES]
    for place, kind in enumerate(kinds):
        assert not any(issubclass(later, kind) for later in kinds[place + 1 :])


@pytest.mark.parametrize(
    ("cause", "kind", "words"),
    [
        (ConnectionRefusedError(111, "x"), "refused", "Is the server running"),
        (socket.gaierror(-2, "x"), "dns", "cannot be resolved"),
        (ssl.SSLCertVerificationError(1, "x"), "tls", "certificate of host.example"),
        (ssl.SSLError(1, "x"), "tls", "secure connection"),
        (ConnectionResetError(104, "x"), "reset", "cut the connection"),
        (OSError(113, "x"), "unreachable", "host unreachable"),
        (TimeoutError(), "timeout", "in time"),
        (KeyError("sk-secret"), "unknown", "unknown reason"),
    ],
)
def test_the_cause_decides_the_words(cause: Exception, kind: str, words: str) -> None:
    wrapped = httpx.ConnectError("sk-secret")
    wrapped.__cause__ = cause
    error = translated(cause if kind in ("unknown", "timeout") else wrapped, "host.example")
    assert error.kind == kind
    assert words in error.message
    assert "sk-secret" not in error.message


def test_our_own_errors_pass_unchanged() -> None:
    error = UpstreamError("x")
    assert translated(error, "h") is error


@pytest.mark.parametrize(
    ("base_url", "key", "kind"),
    [
        ("ftp://127.0.0.1/v1", "", "bad_url"),
        ("127.0.0.1/v1", "", "bad_url"),
        ("http://[::1/v1", "", "bad_request"),
        ("http://127.0.0.1:1/v1", "clé\u0663", "bad_request"),
        ("http://127.0.0.1:1/v1", "two\nlines", "bad_request"),
        ("http://127.0.0.1:1/v1", "", "refused"),
    ],
)
async def test_what_cannot_be_asked_is_said(base_url: str, key: str, kind: str) -> None:
    client = UpstreamClient(Deadlines(connect=10))
    with pytest.raises(UpstreamError) as caught:
        await collect(client.reply(Endpoint(base_url, key), BODY))
    assert caught.value.kind == kind
    await client.aclose()


def test_only_the_client_imports_httpx() -> None:
    folder = Path(conversations.upstream.__file__).parent
    assert [path.name for path in folder.glob("*.py") if "import httpx" in path.read_text()] == ["client.py"]
