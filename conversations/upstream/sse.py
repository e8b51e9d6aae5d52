"""Bytes → server-sent events, by WHATWG HTML 9.2.6 (interpreting an event stream), pure and incremental.

Lines end in LF, CRLF or a lone CR and in nothing else: U+2028, U+2029, U+0085, VT and FF are text. Data stays
bytes, because the encoding is UTF-8 whatever a header says. `id` and `retry` serve reconnecting, which nobody
does here; they are read and dropped. An unfinished last event is never delivered.
"""

from collections.abc import Iterator
from typing import NamedTuple

from conversations.sentences import gettext_noop
from conversations.upstream.errors import TooLarge

_TOO_LARGE = gettext_noop("The upstream sent one event of more than {size} MiB.")
MAX_EVENT_BYTES = 4 * 1024 * 1024
MAX_STRAY_BYTES = 4 * 1024  # of text outside the format that is kept: enough for an error message
BOM = b"\xef\xbb\xbf"


class Event(NamedTuple):
    name: str  # the `event` field, "" if there was none
    data: bytes  # UTF-8, lines joined by LF


class EventDecoder:
    """Fed any split of the bytes of one stream; the same bytes always give the same events."""

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.stray = b""  # lines that are no SSE at all: servers write bare error texts into streams
        self._max = max_event_bytes
        self._start: bytes | None = b""  # what may become a BOM; None: past it
        self._after_cr = False
        self._pieces: list[bytes] = []  # of the unfinished last line
        self._size = 0  # bytes held in _pieces and _data
        self._name = ""
        self._data: list[bytes] = []

    def feed(self, data: bytes) -> Iterator[Event]:
        """The events that these bytes complete; to be run to its end. Raises TooLarge after the
        last good event.
        """
        if self._start is not None:
            data = self._without_bom(data)
        if data and (self._after_cr or b"\r" in data):
            data = self._with_line_feeds(data)
        if b"\n" in data:
            yield from self._events(self._with_pieces(data))
        else:
            self._keep(data)

    def plain_event(self, data: bytes) -> bytes | None:
        """What `feed` would give as the data of one nameless event and nothing else; None where it is
        more than a look to say so. Nearly every read of every stream is one such `data: {…}` line.
        """
        end = len(data) - 2
        if data[:6] != b"data: " or data.find(b"\n") != end or data[end:] != b"\n\n" or b"\r" in data:
            return None
        begun = self._pieces or self._data or self._name or self._after_cr or self._start is not None
        return None if begun or end > self._max else data[6:end]

    def _with_pieces(self, data: bytes) -> bytes:
        if not self._pieces:
            return data
        self._size -= sum(map(len, self._pieces))
        data = b"".join((*self._pieces, data))
        self._pieces.clear()
        return data

    def _events(self, data: bytes) -> Iterator[Event]:
        """`data` begins at the start of a line and holds at least one end of a line."""
        if self._data or self._name:
            first, gap, data = data.partition(b"\n\n")
            yield from self._lines(first + gap)
        *blocks, rest = data.split(b"\n\n")
        for block in blocks:
            # Nearly every event of every server is one `data: {…}` line: no need to take it apart.
            if block[:5] == b"data:" and b"\n" not in block:
                payload = block[6:] if block[5:6] == b" " else block[5:]
                self._check(len(payload))
                yield Event("", payload)
            else:
                yield from self._lines(block + b"\n\n")
        if rest:
            yield from self._lines(rest)

    def _lines(self, text: bytes) -> Iterator[Event]:
        *lines, unfinished = text.split(b"\n")
        for line in lines:
            if line:
                self._field(line)
                continue
            if self._data:
                yield Event(self._name, b"\n".join(self._data))
            self._name, self._data, self._size = "", [], 0
        if unfinished:
            self._keep(unfinished)

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._size += len(value) + 1
            self._check(0)
        elif name == b"event":
            self._check(len(value))
            self._name = value.decode("utf-8", "replace")
        elif name not in (b"", b"id", b"retry") and len(self.stray) < MAX_STRAY_BYTES:
            self.stray = (self.stray + line + b"\n")[:MAX_STRAY_BYTES]

    def _keep(self, data: bytes) -> None:
        if data:
            self._pieces.append(data)
            self._size += len(data)
            self._check(0)

    def _check(self, more: int) -> None:
        if self._size + more > self._max:
            raise TooLarge(_TOO_LARGE.format(size=self._max >> 20))

    def unfinished(self) -> bytes:
        """The stray text with the line that the end of the stream cut off."""
        return (self.stray + b"".join(self._pieces)[:MAX_STRAY_BYTES])[:MAX_STRAY_BYTES]

    def _without_bom(self, data: bytes) -> bytes:
        data = (self._start or b"") + data
        if len(data) < len(BOM) and BOM.startswith(data):
            self._start = data
            return b""
        self._start = None
        return data.removeprefix(BOM)

    def _with_line_feeds(self, data: bytes) -> bytes:
        """A lone CR at the end of a read ends its line now; the LF that may follow belongs to it."""
        if self._after_cr:
            data = data.removeprefix(b"\n")
        self._after_cr = data[-1:] == b"\r"
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
