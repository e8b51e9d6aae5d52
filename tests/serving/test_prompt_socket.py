"""The short way of a frame: the same bytes and texts as the long one, which takes all that is special."""

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from conversations.serving.prompt_socket import _short_text, _text_header
from conversations.serving.sending_now import send_now


def masked(payload: bytes, *, first: int = 0x81, mask: bytes = b"\x11\x22\x33\x44") -> bytes:
    body = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return bytes((first, 0x80 | len(payload))) + mask + body


@pytest.mark.parametrize("text", ["", "{}", "àक😀" * 8, "x" * 125], ids=["empty", "json", "wide", "longest"])
def test_a_short_text_in_one_piece_is_read_at_once(text: str) -> None:
    assert _short_text(masked(text.encode())) == text


@pytest.mark.parametrize(
    "data",
    [
        masked(b"{}")[:-1],
        masked(b"{}") + b"\x81",
        masked(b"{}") * 2,
        masked(b"{}", first=0x01),
        masked(b"{}", first=0x82),
        masked(b"{}", first=0xC1),
        masked(b"", first=0x89),
        b"\x81\x02{}",
        b"\x81\xfe\x00\x7e" + bytes(4 + 126),
        masked(b"\xff\xfe"),
        b"",
    ],
    ids=lambda data: data.hex()[:24],
)
def test_everything_else_takes_the_long_way(data: bytes) -> None:
    assert _short_text(data) is None


@pytest.mark.parametrize(
    ("length", "header"),
    [
        (0, "8100"),
        (125, "817d"),
        (126, "817e007e"),
        (65_535, "817effff"),
        (65_536, "817f0000000000010000"),
    ],
)
def test_a_header_says_the_length_as_rfc_6455_wants_it(length: int, header: str) -> None:
    assert _text_header(length).hex() == header


class Transport:
    connected, disconnecting, _writeDisconnected = True, False, False

    def __init__(self, connection: socket.socket) -> None:
        self.fileno = connection.fileno


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


def test_what_a_socket_does_not_take_is_left_over(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    data = os.urandom(8_000_000)
    taken = send_now(Transport(ours), data)
    assert 0 < taken < len(data)
    assert send_now(Transport(ours), data[taken:]) == 0
    got = b""
    while len(got) < taken:
        got += theirs.recv(taken)
    assert got == data[:taken]


def test_to_a_closed_end_nothing_goes_and_nothing_breaks(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.close()
    assert send_now(Transport(ours), b"text") == 0


@pytest.mark.parametrize(
    "said", [{"connected": False}, {"disconnecting": True}, {"_writeDisconnected": True}]
)
def test_a_connection_that_goes_takes_nothing(
    pair: tuple[socket.socket, socket.socket], said: dict[str, Any]
) -> None:
    transport = Transport(pair[0])
    vars(transport).update(said)
    assert send_now(transport, b"text") == 0
