"""A body that is too large is refused before it has come, over real sockets."""

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.conftest import bring_static_files
from tests.serving.launched import Launched, free_port

ELSEWHERE = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}
MEBIBYTE, GIGABYTE = 1024**2, 1024**3


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Launched]:
    """One for all: what it refuses leaves it as it was."""
    data = tmp_path_factory.mktemp("bodies") / "data"
    shutil.copytree(migrated, data)
    bring_static_files(data)
    server = Launched(data, free_port(), **ELSEWHERE)
    try:
        server.wait_for("Ctrl-C stops it")
        yield server
    finally:
        server.close()


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
    server: Launched, path: str, length: int
) -> None:
    head = f"POST {path} HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {length}"
    assert answer_to(server.port, head).startswith(b"HTTP/1.1 413 ")
    assert server.get("/healthz") == 200


def test_a_body_of_unknown_length_is_refused_when_it_has_grown_too_large(server: Launched) -> None:
    head = "POST /conversations/ HTTP/1.1\r\nTransfer-Encoding: chunked"
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    assert answer_to(server.port, head, body=chunk, pieces=24).startswith(b"HTTP/1.1 413 ")
    assert server.get("/healthz") == 200


def test_what_a_file_may_be_is_awaited(server: Launched) -> None:
    head = f"POST /import/ HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: {GIGABYTE}"
    assert answer_to(server.port, head).startswith(b"HTTP/1.1 100 ")
    small = "POST /conversations/ HTTP/1.1\r\nContent-Length: 5000000"
    # Not signed in: the whole body came, and Django said so.
    assert not answer_to(server.port, small, body=b"x" * 1_000_000, pieces=5).startswith(b"HTTP/1.1 413 ")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux for the most memory it had")
def test_a_large_file_takes_disk_not_memory(server: Launched) -> None:
    assert server.get("/accounts/login/") == 200
    before, size = most_memory(server.process.pid), 64 * MEBIBYTE
    frame = b"--x\r\nContent-Disposition: form-data; name=file; filename=a.json\r\n\r\n"
    head = (
        f"POST /import/ HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {size}"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(f"{head}\r\nHost: 127.0.0.1\r\n\r\n".encode() + frame)
        for _ in range(63):
            connection.sendall(b"[{}]" * (MEBIBYTE // 4))
        connection.sendall(b" " * (MEBIBYTE - len(frame) - 9) + b"\r\n--x--\r\n")
        # Django has read the form: there is no token in it.
        assert connection.recv(65536).startswith(b"HTTP/1.1 403 ")
    assert most_memory(server.process.pid) - before < size // 2
    assert server.get("/healthz") == 200


def most_memory(pid: int) -> int:
    """Bytes that the process ever held at once."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])
