"""A body that is too large is refused by its announced length, or as soon as it has grown too large; a large
one takes disk, not memory.

Daphne hands a request over when all of its body has arrived: until then it would fill memory and disk.
"""

from io import BytesIO
from typing import Any

from daphne.http_protocol import WebRequest
from twisted.internet import reactor

from conversations import importing
from conversations.serving.handover import Handed

MEBIBYTE = 1024 * 1024
# Bytes. Django's own limits are lower, and say in words what was too large; this is for what nobody sends by
# mistake. A form's frame comes on top of a file.
MOST = 16 * MEBIBYTE
MOST_WITH_FILE = importing.LARGEST_FILE + MEBIBYTE
TAKES_FILES = b"/import/"
# Seconds in which a refused sender, who may not listen before all is sent, can still read the answer.
PATIENCE = 5.0

_WORDS = b"What you sent is larger than this server accepts.\n"
_ANSWER = (
    b"HTTP/1.1 413 Content Too Large\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_WORDS), _WORDS)
)


class BoundedRequest(WebRequest):  # type: ignore[misc]
    # Twisted's: the body.
    content: Any
    _left = MOST
    _refused = False

    def gotLength(self, length: int | None) -> None:
        """Of the body, from the headers; None if it comes in chunks."""
        if self.channel._path.partition(b"?")[0] == TAKES_FILES:
            self._left = MOST_WITH_FILE
        too_large = length is not None and length > self._left
        super().gotLength(0 if too_large else length)
        if too_large:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0 and not self._refused:
            self._refuse()
        if not self._refused:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if self._refused:
            return
        # Django reads forms. Twisted would do so first, in the loop, and take ten times the memory of a file.
        self._parsePOSTFormSubmission = False
        super().requestReceived(command, path, version)

    def process(self) -> Any:
        if not isinstance(self.content, BytesIO):
            self.content = Handed(self.content)
        return super().process()

    def _refuse(self) -> None:
        """Answers, and drops what still comes: closing at once would take the answer back."""
        self._refused = True
        # Or the sender would be asked to go on.
        self.requestHeaders.removeHeader(b"expect")
        self.content.truncate(0)
        self.channel.transport.write(_ANSWER)
        self.channel.dataReceived = _drop
        close: Any = self.channel.loseConnection
        call_later: Any = reactor.callLater
        call_later(PATIENCE, close)


def _drop(data: bytes) -> None:
    pass
