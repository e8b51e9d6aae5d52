"""Daphne in this process, on Twisted's asyncio reactor, with an ending that lets running answers be saved."""

# First: of a loop of this kind Daphne makes the reactor, as soon as it is imported.
import conversations.serving.fast_loop  # isort: skip  # noqa: F401
from daphne.server import Server  # isort: skip

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from daphne import http_protocol
from daphne.endpoints import build_endpoint_description_strings
from daphne.ws_protocol import WebSocketFactory
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.python.failure import Failure

from conversations.serving import CannotStart, flow
from conversations.serving.bodies import BoundedRequest
from conversations.serving.prompt_socket import PromptSocket
from conversations.short_way import EXTENSION

logger = logging.getLogger(__name__)

LARGEST_FRAME = 2 * 1024 * 1024  # bytes; a message of 1 MB is refused by us, in words, not by a closed socket
PING_EVERY = 20  # seconds
PING_TIMEOUT = 30
DRAIN_SECONDS = 8.0  # of the ten seconds within which the process must be gone
CLOSE_SECONDS = 0.4  # for pages that are being made to be finished, and again for the others to be cancelled


class WebServer(Server):  # type: ignore[misc]
    """Daphne, with two of its ways mended.

    On SIGTERM Daphne runs no clean-up of the application's, and its own `kill_all_applications` fails on
    every connection that has no application yet, which each new socket leaves behind for a second.
    """

    def __init__(self, drain: Callable[[], Awaitable[None]], **options: Any) -> None:
        super().__init__(**options)
        self.drain = drain
        self.failure = ""

    def kill_all_applications(self) -> "Deferred[None]":
        """Twisted's trigger before shutdown: waits for the returned Deferred, then closes what is open."""
        return Deferred.fromFuture(asyncio.ensure_future(self._end()))

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, PromptSocket):
            scope["extensions"] = {**scope.get("extensions", {}), EXTENSION: protocol.short_way}
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """Daphne's own; then waits while the receiver of a streamed answer has not taken what was sent."""
        if message["type"] != "http.response.body":
            await super().handle_reply(protocol, message)
            return
        streams = bool(message.get("more_body"))
        if not streams:
            flow.ends(protocol)
        await super().handle_reply(protocol, message)
        if streams and protocol in self.connections:
            await flow.begins_or_goes_on(protocol).free.wait()

    async def _end(self) -> None:
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.drain()
        except Exception:
            logger.exception("Running answers could not be saved in time")
        await self._finish(cancel=False)
        await self._finish(cancel=True)

    async def _finish(self, *, cancel: bool) -> None:
        instances = [details.get("application_instance") for details in self.connections.values()]
        running = [instance for instance in instances if instance is not None and not instance.done()]
        for instance in running if cancel else ():
            instance.cancel()
        if running:
            await asyncio.wait(running, timeout=CLOSE_SECONDS)

    def begin(self, started: Callable[[], None]) -> None:
        """Calls `started`; a server whose other half could not be started ends."""
        if self.failure:
            return
        try:
            started()
        except Exception:
            logger.exception("The server could not start")
            self.failure = "see above"
            self.stop()

    def listen_error(self, failure: Failure) -> None:
        self.failure = failure.getErrorMessage()
        self.stop()


def serve(
    application: Any,
    *,
    host: str,
    port: int,
    started: Callable[[], None],
    drain: Callable[[], Awaitable[None]],
) -> None:
    """Serves until SIGINT or SIGTERM; `started` is called in the loop once the port is open.

    Raises CannotStart if the port was taken after all, or `started` failed.
    """
    WebSocketFactory.protocol = PromptSocket
    # Daphne's factory looks it up there for each connection.
    http_protocol.WebRequest = BoundedRequest
    server = WebServer(
        drain,
        application=application,
        endpoints=build_endpoint_description_strings(host=host, port=port),
        websocket_max_message_size=LARGEST_FRAME,
        websocket_max_frame_size=LARGEST_FRAME,
        websocket_timeout=-1,
        ping_interval=PING_EVERY,
        ping_timeout=PING_TIMEOUT,
        server_name="",
        verbosity=0,
    )
    # Not callWhenRunning: that comes before the loop runs, too early to make tasks in it.
    reactor.callLater(0, server.begin, started)  # type: ignore[arg-type]
    server.run()
    if server.failure:
        raise CannotStart(f"Nothing can be served on {host}:{port} ({server.failure}).")
