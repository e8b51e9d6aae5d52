"""A body that is too large is refused before it has come, over real sockets."""

import socket

import pytest

from tests.serving.conftest import Launch

ELSEWHERE = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
GIGABYTE = 1024**3


def answer_to(port: int, head: str, *, body: bytes = b"", pieces: int = 0) -> bytes:
    """The first line of the answer; of the body only so much is sent as the server lets happen."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(f"{head}\r\nHost: 127.0.0.1\r\n\r\n".encode())
        for _ in range(pieces):
            connection.sendall(body)
        return connection.recv(65536)


@pytest.mark.parametrize(
    ("path", "length"),
    [
        ("/conversations/", GIGABYTE),
        ("/import/", 3 * GIGABYTE),
        ("/import/?x=1", 3 * GIGABYTE),
        ("/nowhere", 2**40),
    ],
)
def test_a_length_that_is_too_large_is_refused_before_the_body(
    launch: Launch, port: int, path: str, length: int
) -> None:
    server = launch(**ELSEWHERE)
    head = f"POST {path} HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {length}"
    assert answer_to(port, head).startswith(b"HTTP/1.1 413 ")
    assert server.get("/healthz") == 200


def test_a_body_of_unknown_length_is_refused_when_it_has_grown_too_large(launch: Launch, port: int) -> None:
    server = launch(**ELSEWHERE)
    head = "POST /conversations/ HTTP/1.1\r\nTransfer-Encoding: chunked"
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    assert answer_to(port, head, body=chunk, pieces=24).startswith(b"HTTP/1.1 413 ")
    assert server.get("/healthz") == 200


def test_what_a_file_may_be_is_awaited(launch: Launch, port: int) -> None:
    launch(**ELSEWHERE)
    head = f"POST /import/ HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {GIGABYTE}"
    assert answer_to(port, head).startswith(b"HTTP/1.1 100 ")
    small = "POST /conversations/ HTTP/1.1\r\nContent-Length: 5000000"
    # Not signed in: the whole body came, and Django said so.
    assert not answer_to(port, small, body=b"x" * 1_000_000, pieces=5).startswith(b"HTTP/1.1 413 ")
