"""A file is sent as fast as its receiver takes it; what nobody takes yet is not made."""

import socket
from pathlib import Path

from tests.serving.launched import Launched, free_port

PIECE, PIECES = 64 * 1024, 2000
PROGRAM = f"""
import asyncio, os, sys
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()
from conversations.serving import flow, web

class Waited(asyncio.Event):
    async def wait(self):
        if not self.is_set():
            print("held", flush=True)
        return await super().wait()

class Told(flow.Flow):
    def __init__(self):
        self.free = Waited()
        self.free.set()

flow.Flow = Told

async def application(scope, receive, send):
    await send({{"type": "http.response.start", "status": 200, "headers": []}})
    for number in range({PIECES}):
        await send({{"type": "http.response.body", "body": b"x" * {PIECE}, "more_body": True}})
        print("sent", number, flush=True)
    await send({{"type": "http.response.body", "body": b"end"}})
    print("whole", flush=True)

async def nothing(): pass

started = lambda: print("it listens", flush=True)
web.serve(application, host="127.0.0.1", port=int(sys.argv[1]), started=started, drain=nothing)
"""


def test_a_slow_receiver_holds_the_file_up_and_gets_all_of_it(tmp_path: Path) -> None:
    port = free_port()
    server = Launched(tmp_path, port, "-W", "ignore", "-c", PROGRAM, str(port))
    try:
        server.wait_for("it listens")
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert server.wait_for("held|whole").group() == "held"
            assert server.output.count("sent") < PIECES / 4
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
        assert server.stop() == 0
    finally:
        server.close()
