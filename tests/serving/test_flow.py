"""A file is sent as fast as its receiver takes it; what nobody takes yet is not made."""

import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.serving.launched import ROOT, free_port

PIECE, PIECES = 64 * 1024, 2000
PROGRAM = f"""
import asyncio, sys
from conversations.serving import web

async def application(scope, receive, send):
    await send({{"type": "http.response.start", "status": 200, "headers": []}})
    for number in range({PIECES}):
        await send({{"type": "http.response.body", "body": b"x" * {PIECE}, "more_body": True}})
        print("sent", number, flush=True)
    await send({{"type": "http.response.body", "body": b"end"}})
    print("whole", flush=True)

async def nothing(): pass

started = lambda: print("ready", flush=True)
web.serve(application, host="127.0.0.1", port=int(sys.argv[1]), started=started, drain=nothing)
"""


def settled(path: Path) -> int:
    """How many pieces were sent when no more of them are."""
    before = -1
    for _ in range(100):
        number = path.read_text().count("sent")
        if number == before and number:
            return number
        before = number
        time.sleep(0.3)
    raise AssertionError("it never stops")


def test_a_slow_receiver_holds_the_file_up_and_gets_all_of_it(tmp_path: Path) -> None:
    port, said = free_port(), tmp_path / "said"
    with said.open("w") as output:
        command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(port)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=output)
    try:
        while "ready" not in said.read_text():
            assert process.poll() is None
            time.sleep(0.05)
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert settled(said) < PIECES / 4
            received, tail = 0, b""
            while block := connection.recv(1024 * 1024):
                received += len(block)
                tail = (tail + block)[-100:]
        assert received > PIECE * PIECES
        assert b"end" in tail
        # Whoever goes away in the middle holds nobody up.
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            connection.recv(1000)
        process.terminate()
        assert process.wait(15) == 0
    finally:
        process.kill()
