"""Clients that come and go without pause: a page, then a socket that is opened and left."""

import contextlib
import socket
import threading
from collections.abc import Iterator

PAGE = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
SOCKET = (
    b"GET /ws/conversations/00000000-0000-0000-0000-000000000000/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Origin: http://127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
AT_ONCE = 4
PATIENCE = 120.0


class Seen:
    """Counts the answers that visitors got."""

    def __init__(self) -> None:
        self._count = 0
        self._more = threading.Condition()

    def one(self) -> None:
        with self._more:
            self._count += 1
            self._more.notify_all()

    def wait_for(self, count: int) -> None:
        with self._more:
            assert self._more.wait_for(lambda: self._count >= count, PATIENCE), f"{self._count} answers"


@contextlib.contextmanager
def visitors(port: int) -> Iterator[Seen]:
    """Keeps visitors coming to `port` of this machine for as long as the block runs."""
    seen, done = Seen(), threading.Event()
    threads = [threading.Thread(target=_visit, args=(port, seen, done)) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _visit(port: int, seen: Seen, done: threading.Event) -> None:
    while not done.is_set():
        for request in (PAGE, SOCKET):
            # A server that is ending refuses and resets: that is what visitors meet then.
            with contextlib.suppress(OSError):
                _ask(port, request, seen)
        done.wait(0.005)


def _ask(port: int, request: bytes, seen: Seen) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(request)
        if connection.recv(64):
            seen.one()
