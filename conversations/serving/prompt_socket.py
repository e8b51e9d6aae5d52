"""Daphne's websocket without a limit on what goes out, and without the detours that each frame takes.

Twisted puts every write off until its reactor has asked the system whether the socket can be written to;
autobahn goes through a dozen functions for a frame, and formats text for debug lines that nobody reads. What
nearly every frame is (whole, plain, short if it comes in) takes the short way here, and everything else
theirs.
"""

import struct
import time
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

from conversations.serving.sending_now import send_now
from conversations.short_way import ShortWay

# RFC 6455, 5.2: the first byte of a text message in one frame, and the bit of the second that says "masked".
_TEXT, _MASKED = 0x81, 0x80
# What is longer says its length in two or in eight more bytes.
_SHORT, _MIDDLE = 126, 0x10000


class PromptSocket(WebSocketProtocol):  # type: ignore[misc]
    data: bytes

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.short_way = ShortWay(self.send_payload)

    def onOpen(self) -> None:
        write_at_once(self.transport)
        super().onOpen()

    def dataReceived(self, data: bytes) -> None:
        """As autobahn's, but for the debug line; what is one short text goes to the application at once."""
        text = None if self.data or not self._is_idle() else _short_text(data)
        if text is None or self.muted:
            self._dataReceived(data)
            return
        self.last_ping = time.time()
        hear = self.short_way.hear
        if hear is None or not hear(text):
            self.application_queue.put_nowait({"type": "websocket.receive", "text": text})

    def _is_idle(self) -> bool:
        """Nothing has begun that a frame could belong to, and no ping waits that it would answer."""
        return (
            self.state == self.STATE_OPEN
            and self.current_frame is None
            and not self.inside_message
            and self.autoPingTimeoutCall is None
        )

    def handle_reply(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send" and message.get("text") and not message.get("bytes"):
            self.send_payload(message["text"].encode())
        else:
            super().handle_reply(message)

    def send_payload(self, payload: bytes) -> None:
        """Sends one text, however long: what comes in is bounded, what goes out may be a whole answer.

        Nothing goes to a page that is leaving: autobahn would raise, and the application learns of it by its
        own disconnect.
        """
        if self.state != self.STATE_OPEN:
            return
        frame = _text_header(len(payload)) + payload
        transport = self.transport
        if not _has_data(transport):
            frame = frame[send_now(transport, frame) :]
        if frame:
            transport.write(frame)


def _text_header(length: int) -> bytes:
    if length < _SHORT:
        return bytes((_TEXT, length))
    if length < _MIDDLE:
        return struct.pack("!BBH", _TEXT, 126, length)
    return struct.pack("!BBQ", _TEXT, 127, length)


def _short_text(data: bytes) -> str | None:
    """The text of bytes that are exactly one short message; None for all others, broken ones too."""
    if len(data) < 6 or data[0] != _TEXT or not data[1] & _MASKED:
        return None
    length = data[1] & ~_MASKED
    if length >= _SHORT or len(data) != 6 + length:
        return None
    mask = (data[2:6] * (length // 4 + 1))[:length]
    masked = int.from_bytes(data[6:]) ^ int.from_bytes(mask)
    try:
        return masked.to_bytes(length).decode()
    except UnicodeDecodeError:
        return None


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
