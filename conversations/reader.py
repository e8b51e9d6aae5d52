"""One socket's view of running answers: a position in each feed, and a sender that brings the page up to it.

Nothing is queued for a page but control frames: when the socket has time, it gets one frame with all that
came since its last one. A page that does not acknowledge is not sent more than a window's worth.
"""

import time
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from msgspec import UNSET

from conversations import frames
from conversations.bell import Bell
from conversations.feed import Feed, Feeds, Notice, Settled, Span
from conversations.labels import labelled
from conversations.mirror import Mirrors
from conversations.retelling import retold

# Bytes of deltas that may be on their way to a page; Daphne itself would queue without bound.
WINDOW = 256 * 1024
# Seconds after which a page that acknowledges nothing is given up.
PATIENCE = 60.0


class Lagging(Exception):
    """The page has not acknowledged anything for PATIENCE seconds while its window was full."""


class Position:
    """How far one page has come in one feed."""

    __slots__ = ("feed", "flying", "full_since", "in_flight", "notice", "resumed", "seq", "wake")

    def __init__(self, feed: Feed, after: int) -> None:
        self.feed = feed
        self.seq = after
        # What the feed calls when it has grown.
        self.wake: Callable[[], None] = _unheard
        # The page's finished blocks were rendered by someone else: the first frame replaces them.
        self.resumed = True
        self.notice: Notice | None = None
        self.flying: deque[tuple[int, int]] = deque()
        self.in_flight = 0
        self.full_since = 0.0

    @property
    def is_full(self) -> bool:
        return self.in_flight > WINDOW

    @property
    def flows(self) -> bool:
        """The page has begun and keeps up, and text is all that has come."""
        feed = self.feed
        return (
            feed.loaded
            and not (self.resumed or feed.ended or self.is_full)
            and feed.notice is self.notice
            and self.seq < feed.seq
        )

    def sent(self, seq: int, size: int) -> None:
        self.seq = seq
        self.flying.append((seq, size))
        self.in_flight += size
        if self.is_full and not self.full_since:
            self.full_since = time.monotonic()

    def acknowledge(self, seq: int) -> None:
        while self.flying and self.flying[0][0] <= seq:
            self.in_flight -= self.flying.popleft()[1]
        self.full_since = time.monotonic() if self.is_full else 0.0


# Renders the final frame of a message from its row: None for one that the rows say is still running, "" for
# one that is gone.
DoneFrame = Callable[[UUID], Awaitable[str | None]]


class Reader:
    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        *,
        feeds: Feeds,
        mirrors: Mirrors,
        done_frame: DoneFrame,
        send_now: Callable[[bytes], None] | None = None,
    ) -> None:
        """`send_now` takes an encoded frame at once, where the server can do that."""
        self._send = send
        self._send_now = send_now
        self._feeds = feeds
        self._mirrors = mirrors
        self._done_frame = done_frame
        self._positions: dict[UUID, Position] = {}
        self._control: deque[str] = deque()
        self._bell = Bell()

    def say(self, frame: str) -> None:
        """Sends a control frame, before any text that is still to come."""
        self._control.append(frame)
        self._bell.ring()

    def say_first(self, frame: str) -> None:
        self._control.appendleft(frame)
        self._bell.ring()

    def subscribe(self, message_id: UUID, *, after: int = 0, fresh: bool = False) -> None:
        """Follows a message from the event `after` on. `fresh`: it was made this moment."""
        self.unsubscribe(message_id)
        feed = self._feeds.open(message_id)
        self._positions[message_id] = position = Position(feed, after)
        position.resumed = not fresh
        position.wake = partial(self._wake, position)
        feed.listeners.add(position.wake)
        if fresh and not feed.loaded:
            # Nothing can have come yet, so text that is rung from another process may be shown at once.
            feed.begin(seq=0)
        self._mirrors.ensure(feed, fresh=fresh)
        self._bell.ring()

    def unsubscribe(self, message_id: UUID) -> None:
        if position := self._positions.pop(message_id, None):
            position.feed.listeners.discard(position.wake)
            # Which knows the position: a whole answer would wait in a circle for the collector.
            position.wake = _unheard
            self._feeds.release(position.feed)

    def follows(self, message_id: UUID) -> bool:
        return message_id in self._positions

    def close(self) -> None:
        for message_id in list(self._positions):
            self.unsubscribe(message_id)

    def acknowledge(self, message_id: UUID, seq: int) -> None:
        position = self._positions.get(message_id)
        if position is None:
            return
        was_full = position.is_full
        position.acknowledge(seq)
        if was_full and not position.is_full:
            self._bell.ring()

    def check_patience(self) -> None:
        """Raises Lagging for a page that has stopped reading."""
        now = time.monotonic()
        for position in self._positions.values():
            if position.full_since and now - position.full_since > PATIENCE:
                raise Lagging

    def _wake(self, position: Position) -> None:
        """Sends the next piece of text from here, if that is all there is to do: waking the sender for each
        token would cost as much as sending it.
        """
        if self._send_now is None or not self._bell.is_awaited or not position.flows:
            self._bell.ring()
            return
        try:
            span = position.feed.since(position.seq)
            if span is None or span.settled is not None:
                self._bell.ring()
                return
            frame = frames.as_bytes(_delta(position.feed, span))
            self._send_now(frame)
            position.sent(span.last, len(frame))
        except Exception:
            # Not the writer's trouble: the sender meets it again, where it is told.
            self._bell.ring()

    async def run(self) -> None:
        """Sends until cancelled: control frames first, then what each feed has more than the page."""
        while True:
            await self._bell.wait()
            while self._control:
                await self._send(self._control.popleft())
            for message_id, position in list(self._positions.items()):
                await self._advance(message_id, position)

    async def _advance(self, message_id: UUID, position: Position) -> None:
        feed = position.feed
        if feed.ended:
            if self._positions.get(message_id) is position:
                await self._finish(message_id, position)
            return
        if not feed.loaded or position.is_full:
            return
        if feed.notice is not position.notice:
            position.notice = feed.notice
            if feed.notice is not None:
                await self._send(_waiting(message_id, feed.notice))
        if position.seq != feed.seq:
            frame = _text_frame(position)
            position.sent(feed.seq, len(frame) if frame.isascii() else len(frame.encode()))
            await self._send(frame)

    async def _finish(self, message_id: UUID, position: Position) -> None:
        self.unsubscribe(message_id)
        frame = await self._done_frame(message_id)
        if frame:
            await self._send(frame)
        elif frame is None and message_id not in self._positions:
            # It goes on already, or its runner gave up before the end could be saved: watch the rows.
            self.subscribe(message_id, after=position.seq)


def _text_frame(position: Position) -> str:
    feed = position.feed
    # A page that holds nothing gets everything at once; so does one whose position says nothing here.
    span = None if position.resumed and not position.seq else feed.since(position.seq)
    if span is None:
        position.resumed = False
        return frames.encode(
            frames.Snapshot(
                message=feed.message_id,
                seq=feed.seq,
                content=feed.content,
                reasoning=feed.reasoning,
                settled=_blocks(feed.settled_so_far()),
            )
        )
    settled = feed.settled_so_far() if position.resumed else span.settled
    position.resumed = False
    return frames.encode(_delta(feed, span, settled))


def _delta(feed: Feed, span: Span, settled: Settled | None = None) -> frames.Delta:
    return frames.Delta(
        message=feed.message_id,
        from_=span.first,
        seq=span.last,
        content=span.content or UNSET,
        reasoning=span.reasoning or UNSET,
        settled=_blocks(settled) if settled else UNSET,
    )


def _unheard() -> None:
    pass


def _blocks(settled: Settled) -> frames.SettledBlocks:
    return frames.SettledBlocks(labelled(settled.html), settled.rest, settled.replace)


def _waiting(message_id: UUID, notice: Notice) -> str:
    return frames.encode(
        frames.Waiting(
            message=message_id,
            phase=notice.phase,
            seconds=notice.seconds,
            detail=retold(notice.detail),
            usually_ms=notice.usually_ms or UNSET,
        )
    )
