"""Daphne's websocket without a limit on what goes out, and without two detours that each frame takes.

Twisted puts every write off until its reactor has asked the system whether the socket can be written to, and
autobahn formats coloured text for a debug line that nobody reads.
"""

from typing import Any

from daphne.ws_protocol import WebSocketProtocol


class PromptSocket(WebSocketProtocol):  # type: ignore[misc]
    maxMessagePayloadSize: int

    def onOpen(self) -> None:
        write_at_once(self.transport)
        super().onOpen()

    def dataReceived(self, data: bytes) -> None:
        """As autobahn's, without the debug line."""
        self._dataReceived(data)

    def sendMessage(self, *message: Any, **how: Any) -> None:
        """As autobahn's, which would refuse what is longer than a message that may come in.

        What comes in is what a person types; what goes out may be the whole of a long answer. Nothing goes to
        a page that is leaving: autobahn would raise, and the consumer learns of it by its own disconnect.
        """
        if self.state != self.STATE_OPEN:
            return
        largest, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().sendMessage(*message, **how)
        finally:
            self.maxMessagePayloadSize = largest

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """As autobahn's, which stays responsible wherever data is held back."""
        if sync or chopsize or self.send_queue or self.logOctets or self.state != self.STATE_OPEN:
            super().sendData(data, sync, chopsize)
            return
        self.transport.write(data)
        self.trafficStats.outgoingOctetsWireLevel += len(data)


def write_at_once(transport: Any) -> None:
    """Makes a Twisted transport send when it is written to; the reactor gets what the socket does not take.

    An error is left to the reactor as well: it meets it again and closes the connection as always.
    """
    leave_to_reactor = transport.startWriting

    def start_writing() -> None:
        # Data that waits from before is the reactor's already; what is new must stay behind it.
        if transport.dataBuffer or transport.doWrite() is not None or _has_data(transport):
            leave_to_reactor()

    transport.startWriting = start_writing


def _has_data(transport: Any) -> bool:
    return bool(transport.dataBuffer or transport._tempDataBuffer)
