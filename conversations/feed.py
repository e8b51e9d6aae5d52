"""The events of one running answer, as this process knows them; every page of it here reads from one feed.

A feed grows at its end only. Whoever produces it (the runner of this process, or a mirror of a runner
elsewhere) appends; readers hold a position, a seq, and ask what came since. Nothing here waits or does I/O.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from conversations.rendering import OpenBlocks


@dataclass(frozen=True, slots=True)
class Settled:
    """Markdown blocks that were finished, as HTML, and the text of the still open one after them."""

    html: str
    rest: str
    replace: bool


class Span(msgspec.Struct, frozen=True):
    """What the events `first`…`last` added."""

    first: int
    last: int
    content: str
    reasoning: str
    settled: Settled | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Why nothing comes at the moment: a phase in a word, and how many seconds it may take.

    "starting" (the model on this machine), "connecting" (asked, nothing was answered), "reading" (answered,
    but no token yet) or "retrying"; `detail` is a sentence. `usually_ms`: until the first token, lately.
    """

    phase: str
    seconds: float = 0.0
    detail: str = ""
    usually_ms: int | None = None


# Stands at the seqs inside a run of events of which only the joined text is known.
_INSIDE: tuple[str, str] = ("", "")


class Feed:
    __slots__ = (
        "_base",
        "_base_seq",
        "_blocks",
        "_blocks_seq",
        "_events",
        "_settled",
        "ended",
        "listeners",
        "loaded",
        "message_id",
        "notice",
        "produced_here",
        "seq",
    )

    def __init__(self, message_id: UUID) -> None:
        self.message_id = message_id
        self.seq = 0
        self.ended = False
        # False until someone has said where this feed begins; before that there is nothing to read.
        self.loaded = False
        # True while the runner of this process appends: then nobody else may.
        self.produced_here = False
        self.notice: Notice | None = None
        self.listeners: set[Callable[[], None]] = set()
        self._base = ("", "")
        self._base_seq = 0
        self._events: list[tuple[str, str]] = []
        self._blocks: OpenBlocks | None = None
        self._blocks_seq = 0
        self._settled: list[tuple[int, Settled]] = []

    def begin(self, *, seq: int, content: str = "", reasoning: str = "") -> None:
        """Says what the message held when its event `seq` was the last (0 and nothing for a new answer)."""
        self.loaded = True
        self.seq = self._base_seq = seq
        self._base = (content, reasoning)
        self._events = []
        self._blocks, self._blocks_seq, self._settled = None, seq, []
        self._wake()

    def append(self, content: str, reasoning: str = "", *, count: int = 1) -> int:
        """Adds the joined text of the next `count` events; returns the last one's seq."""
        self._events.append((content, reasoning))
        if count > 1:
            self._events.extend([_INSIDE] * (count - 1))
        self.seq += count
        self.notice = None
        for wake in (*self.listeners,):
            wake()
        return self.seq

    def wait(self, notice: Notice) -> None:
        self.notice = notice
        self._wake()

    def end(self) -> None:
        """Nothing follows; the message's row holds the final text."""
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        for wake in list(self.listeners):
            wake()

    @property
    def content(self) -> str:
        return self._base[0] + "".join([event[0] for event in self._events])

    @property
    def reasoning(self) -> str:
        return self._base[1] + "".join([event[1] for event in self._events])

    def since(self, seq: int) -> Span | None:
        """What came after the event `seq`, or None where only a snapshot helps.

        That is so for a position before this feed's beginning, ahead of its end, or inside a joined run.
        """
        texts = self.text_since(seq)
        return Span(seq + 1, self.seq, *texts, self._settled_after(seq)) if texts is not None else None

    def text_since(self, seq: int) -> tuple[str, str] | None:
        """Content and reasoning after the event `seq`, by the rules of `since`, with nothing rendered."""
        start = seq - self._base_seq
        if start < 0 or seq > self.seq:
            return None
        events = self._events[start:]
        if len(events) == 1:
            return events[0] if events[0] is not _INSIDE else None
        if events and events[0] is _INSIDE:
            return None
        return "".join([event[0] for event in events]), "".join([event[1] for event in events])

    def _settled_after(self, seq: int) -> Settled | None:
        blocks = self._render()
        found = [settled for at, settled in self._settled if at > seq] if self._settled else None
        if not found:
            return None
        last_replace = max((i for i, settled in enumerate(found) if settled.replace), default=-1)
        kept = found[max(last_replace, 0) :]
        return Settled("".join([settled.html for settled in kept]), blocks.rest, last_replace >= 0)

    def settled_so_far(self) -> Settled:
        """All finished blocks, and the open text after them."""
        blocks = self._render()
        return Settled(blocks.html, blocks.rest, replace=True)

    def _render(self) -> OpenBlocks:
        """Brings the rendering up to `seq`; done only when someone reads, and once for all of them."""
        blocks, fresh = self._blocks, False
        if blocks is None:
            blocks, fresh = OpenBlocks(), True
            self._blocks = blocks
            blocks.feed(self._base[0])
        elif self._blocks_seq == self.seq:
            return blocks
        for content, _ in self._events[self._blocks_seq - self._base_seq :]:
            blocks.feed(content)
        self._blocks_seq = self.seq
        settled = blocks.settle()
        if settled is not None:
            # The first settling covers everything from the beginning on.
            html = blocks.html if settled.replace or fresh else settled.html
            self._settled.append((self.seq, Settled(html, blocks.rest, settled.replace or fresh)))
        return blocks


class Feeds:
    """The feeds of this process, one for each message that runs or is being watched."""

    def __init__(self) -> None:
        self._feeds: dict[UUID, Feed] = {}

    def open(self, message_id: UUID) -> Feed:
        """The message's feed, made if it is not there; one that ended makes room for its continuation."""
        feed = self._feeds.get(message_id)
        if feed is None or feed.ended:
            feed = self._feeds[message_id] = Feed(message_id)
        return feed

    def get(self, message_id: UUID) -> Feed | None:
        return self._feeds.get(message_id)

    def release(self, feed: Feed) -> None:
        """Forgets a feed that nobody produces and nobody reads."""
        unused = not feed.listeners and not feed.produced_here
        if unused and self._feeds.get(feed.message_id) is feed:
            del self._feeds[feed.message_id]

    def __len__(self) -> int:
        return len(self._feeds)
