"""The bytes of one body → chunks: an event stream whatever its content type says, a JSON completion, or
neither.

The first byte that is no blank space decides: `{` and `[` begin JSON (or one JSON object a line), `<` a web
page, all else an event stream.
"""

from collections.abc import Iterable, Iterator

from conversations.sentences import gettext_noop
from conversations.upstream.chunks import chunks_from, decode, parse
from conversations.upstream.dialects import Chunk
from conversations.upstream.errors import NotUnderstood, TooLarge
from conversations.upstream.sse import BOM, MAX_EVENT_BYTES, Event, EventDecoder
from conversations.upstream.words import find_words, plain

_TOO_LARGE = gettext_noop("The upstream sent more than {size} MiB.")
_TOO_LARGE_A_BODY = gettext_noop("The upstream sent a body of more than {size} MiB in one piece.")
_PAGE = gettext_noop(
    "The upstream answered with a web page instead of an answer ({words}). "
    "The base URL may be wrong: it usually ends in /v1."
)

MAX_REPLY_BYTES = 64 * 1024 * 1024
MAX_PAGE_BYTES = 16 * 1024  # of a web page: its title is in there


class Decoder:
    """`feed` reads, then `end` once. `events` counts what came: data, keep-alive events, not comments."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        self.events = 0
        self._secrets = secrets  # not to be repeated in errors
        self._sse = EventDecoder()
        self._start = b""
        self._kind = ""  # "", "stream", "json" or "page"
        self._body: list[bytes] = []
        self._bytes = 0
        self._words = ""

    def feed(self, data: bytes) -> Iterable[Chunk]:
        """What these bytes complete; to be run to its end. Raises after the last good chunk."""
        self._bytes += len(data)
        if self._kind == "stream" and self._bytes <= MAX_REPLY_BYTES:
            payload = self._sse.plain_event(data)
            if payload is not None:
                self.events += 1
                return decode(Event("", payload))
        return self._feed(data)

    def _feed(self, data: bytes) -> Iterator[Chunk]:
        if self._bytes > MAX_REPLY_BYTES:
            raise TooLarge(_TOO_LARGE.format(size=MAX_REPLY_BYTES >> 20))
        if not self._kind:
            data = self._sniff(data)
        if self._kind != "stream":
            self._collect(data)
            return
        for event in self._sse.feed(data):
            self.events += 1
            yield from decode(event)

    def end(self) -> list[Chunk]:
        """What a body in one piece says; nothing for a stream, whose unfinished last event is dropped."""
        if self._kind == "page":
            self._refuse_page()
        if self._kind != "json":
            return []
        body = b"".join(self._body).removeprefix(BOM)
        value = parse(body)
        if value is not None:
            return self._whole(value)
        return [chunk for line in body.splitlines() for chunk in chunks_from(parse(line))]

    def _whole(self, value: object) -> list[Chunk]:
        """A body that is whole needs no finish_reason to say so; one without an answer may hold words."""
        chunks = chunks_from(value)
        if isinstance(value, dict) and "choices" not in value:
            self._words = find_words(value)
        if chunks and chunks[-1].message:
            chunks[-1].done = True
        return chunks

    def stray(self) -> str:
        """Text beside the events: servers write bare errors into streams."""
        return self._words or self._sse.unfinished().decode("utf-8", "replace").strip()

    def stray_chunks(self) -> list[Chunk]:
        """A bare JSON error that a broken stream ends with."""
        text = self._sse.unfinished()
        candidates = (text[text.find(b"{") :], *(line[line.find(b"{") :] for line in text.splitlines()))
        return [chunk for candidate in candidates for chunk in chunks_from(parse(candidate))][:1]

    def _sniff(self, data: bytes) -> bytes:
        data = self._start + data
        start = data.removeprefix(BOM).lstrip()[:1]
        if not start and len(data) < MAX_EVENT_BYTES and not _may_be_events(data):
            self._start = data
            return b""
        self._kind = {b"{": "json", b"[": "json", b"<": "page"}.get(start, "stream")
        return data

    def _collect(self, data: bytes) -> None:
        if data:
            self._body.append(data)
        if self._kind == "page" and self._bytes > MAX_PAGE_BYTES:
            self._refuse_page()
        if self._bytes > MAX_EVENT_BYTES:
            raise TooLarge(_TOO_LARGE_A_BODY.format(size=MAX_EVENT_BYTES >> 20))

    def _refuse_page(self) -> None:
        page = b"".join(self._body)[:MAX_PAGE_BYTES].decode("utf-8", "replace")
        title = plain(page, *self._secrets)
        raise NotUnderstood(_PAGE.format(words=title))


def _may_be_events(data: bytes) -> bool:
    """Part of a BOM is no blank space, yet decides nothing."""
    return bool(data.strip()) and not BOM.startswith(data)
