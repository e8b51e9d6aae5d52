"""Daphne in a thread of the test process: real sockets for browsers, the test's own database beneath.

Twisted's reactor runs once in a process, so one server serves all tests; between them its house is drained.
"""

import asyncio
import socket
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 120.0  # seconds until a start or an end counts as failed


class LiveServer:
    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True, name="live server")
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(PATIENCE), "the live server did not start"

    def _serve(self) -> None:
        # Importing daphne.server installs its reactor, in the thread that will run it.
        from daphne.server import Server
        from daphne.ws_protocol import WebSocketFactory
        from twisted.internet import reactor

        from chatsite.asgi import application
        from conversations.serving.prompt_socket import PromptSocket

        WebSocketFactory.protocol = PromptSocket

        class Listening(Server):  # type: ignore[misc]
            def listen_success(server, port: Any) -> None:
                self._ready.set()

        self._loop = reactor._asyncioEventloop
        Listening(
            application,
            endpoints=[f"tcp:port={self.port}:interface=127.0.0.1"],
            signal_handlers=False,
            verbosity=0,
            websocket_max_message_size=2 * 1024 * 1024,
            websocket_max_frame_size=2 * 1024 * 1024,
        ).run()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine in the server's loop and waits for it."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def drain(self) -> None:
        """Ends the house of this test; the next request builds a new one."""
        from conversations import lifecycle

        self.run(lifecycle.drain())

    def stop(self) -> None:
        from twisted.internet import reactor

        reactor.callFromThread(reactor.stop)  # type: ignore[misc]
        self._thread.join(PATIENCE)
