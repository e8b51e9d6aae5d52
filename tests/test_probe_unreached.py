"""What a probe says where no answer comes at all: names, certificates, and the wrong protocol."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from conversations.models import Provider
from tests.certificates import DAY, Secure, certificate
from tests.scripted_connection import accepting_nothing
from tests.test_probe_words import at, problems, serving

REAL = socket.getaddrinfo


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch, provider: Provider) -> None:
    """A resolver that knows one name, and is silent about another."""

    def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "silent.example":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if host == "nowhere.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return REAL("127.0.0.1" if host == "other.example" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    # Refusals are not awaited twice.
    monkeypatch.setattr("conversations.upstream.retry._BACKOFF", (0.01, 0.01))


def test_a_name_that_does_not_exist() -> None:
    said = problems(at("http://nowhere.example/v1"))
    assert "The name of nowhere.example cannot be resolved." in said
    assert "The name is misspelt, or known only in another network." in said


def test_a_question_ends_with_one_mark() -> None:
    assert "Is the server running? Likely cause" in problems(at("http://127.0.0.1:1/v1"))


def test_a_resolver_that_does_not_answer() -> None:
    said = problems(at("http://silent.example/v1"))
    assert "the resolver of this machine does not answer" in said
    assert "This machine's DNS does not answer." in said


@pytest.mark.parametrize(
    ("host", "until", "trusted", "said", "cause"),
    [
        ("127.0.0.1", -DAY, True, "certificate has expired", "It must be renewed on the server."),
        ("other.example", DAY, True, "Hostname mismatch", "The certificate is for another name."),
        ("127.0.0.1", DAY, False, "self-signed", "Name the authority's file in SSL_CERT_FILE."),
    ],
)
def test_a_certificate_that_is_not_valid(
    host: str,
    until: timedelta,
    trusted: bool,
    said: str,
    cause: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = certificate(tmp_path, until=until)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    server = Secure(path)
    with serving(server) as port:
        found = problems(at(f"https://{host}:{port}/v1"))
    assert f"The certificate of {host}:{port} is not valid for it or not trusted here" in found
    assert said.lower() in found.replace("self signed", "self-signed").lower()
    assert cause in found
    assert server.asked == b""  # neither key nor question


def test_an_authority_of_ones_own_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = certificate(tmp_path, names=("other.example",))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    server = Secure(path)
    with serving(server) as port:
        problems(at(f"https://other.example:{port}/v1"))
    assert b"GET /v1/models" in server.asked


def test_https_where_http_is_spoken() -> None:
    with serving(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        said = problems(at(f"https://127.0.0.1:{port}/v1"))
    assert "Plain http is spoken there: the address should begin with http://." in said


def test_http_where_https_is_spoken(tmp_path: Path) -> None:
    with serving(Secure(certificate(tmp_path))) as port:
        said = problems(at(f"http://127.0.0.1:{port}/v1"))
    assert "https where the address says http" in said


def test_a_machine_that_takes_no_connection() -> None:
    with accepting_nothing() as base_url:
        said = problems(at(base_url), connect=0.1)
    assert "could not be reached in time" in said
    assert "A firewall or a proxy is between, or the machine is switched off." in said
