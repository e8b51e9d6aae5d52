"""Keeps a feed in step with a runner in another process, from the log and from its rings.

The log is the truth; rings only make it faster. A mirror looks into the log when it starts, when a ring
shows a gap, and once a second in any case, so that losing every ring makes a page later, never wrong.
"""

import asyncio
import logging
from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError

from conversations.doorbell import Doorbell, Payload, message_topic
from conversations.feed import Feed, Notice
from conversations.models import GenerationEvent, Message
from conversations.models.status import RUNNING
from conversations.tally import tally
from conversations.threads import in_database

logger = logging.getLogger(__name__)

TICK = 1.0
# Seconds to wait for a missing ring before asking the log: rings overtake each other.
GAP = 0.15


@dataclass(frozen=True, slots=True)
class Logged:
    """What the rows say of a message: its own text up to `base_seq`, and the log's runs after it."""

    running: bool
    base_seq: int
    content: str
    reasoning: str
    runs: list[tuple[int, int, str, str]]


def read_log(message_id: UUID, after: int) -> Logged | None:
    """Reads the message and the runs of its log that end after `after`. None: no such message.

    The log first: what the end has folded into the message meanwhile is then in both, never in neither.
    """
    events = GenerationEvent.objects.filter(generation__message=message_id, seq_to__gt=after)
    runs = list(events.order_by("seq_from").values_list("seq_from", "seq_to", "content", "reasoning"))
    message = Message.objects.filter(pk=message_id).first()
    if message is None:
        return None
    runs = [run for run in runs if run[0] > message.last_seq]
    return Logged(message.status in RUNNING, message.last_seq, message.content, message.reasoning, runs)


class Mirror:
    def __init__(self, feed: Feed, doorbell: Doorbell) -> None:
        self._feed = feed
        self._doorbell = doorbell
        self._topic = message_topic(feed.message_id)
        self._early: dict[int, tuple[int, str, str]] = {}
        # What the message held before its events, by the last look: it grows when an answer is continued.
        self._base_seq: int | None = None
        self._look = asyncio.Event()
        self._pause = TICK

    async def run(self, *, fresh: bool = False) -> None:
        """Works until the answer has ended, nobody reads it, or this process's runner has taken over."""
        self._doorbell.listen(self._topic, self._on_ring)
        try:
            if fresh:
                # Most likely its runner is in this process, and will take over before the first look.
                await self._rest()
            while self._feed.listeners and not self._feed.ended and not self._feed.produced_here:
                try:
                    await self._catch_up()
                except DatabaseError as error:
                    logger.warning("The log cannot be read at the moment: %s", type(error).__name__)
                await self._rest()
        finally:
            self._doorbell.unlisten(self._topic, self._on_ring)

    async def _rest(self) -> None:
        """Until the next tick; after a gap, until the missing ring has had its time."""
        try:
            async with asyncio.timeout(TICK):
                await self._look.wait()
        except TimeoutError:
            return
        await asyncio.sleep(self._pause)
        self._look.clear()

    def _look_within(self, seconds: float) -> None:
        self._pause = seconds
        self._look.set()

    def _on_ring(self, payload: Payload) -> None:
        feed = self._feed
        if feed.produced_here or feed.ended:
            return
        if payload.get("ended"):
            self._look_within(0)
            return
        if notice := payload.get("notice"):
            feed.wait(Notice(*notice[:4]))
            return
        first, last = payload.get("first"), payload.get("last")
        if isinstance(first, int) and isinstance(last, int):
            self._early[first] = (last, payload.get("content", ""), payload.get("reasoning", ""))
            self._drain()

    def _drain(self) -> None:
        feed = self._feed
        if not feed.loaded:
            return
        while run := self._early.pop(feed.seq + 1, None):
            last, content, reasoning = run
            feed.append(content, reasoning, count=last - feed.seq)
        for first in [first for first in self._early if first <= feed.seq]:
            del self._early[first]
        if self._early:
            tally.missed_rings += 1
            self._look_within(GAP)

    async def _catch_up(self) -> None:
        logged = await in_database(read_log, self._feed.message_id, self._feed.seq)
        feed = self._feed
        if feed.produced_here:
            return
        if logged is None or not logged.running:
            feed.end()
            return
        if not feed.loaded or feed.seq < logged.base_seq or self._base_seq not in (None, logged.base_seq):
            # Not begun, or the answer ended and goes on: what this feed holds after its base may be lost.
            self._early.clear()
            feed.begin(seq=logged.base_seq, content=logged.content, reasoning=logged.reasoning)
        self._base_seq = logged.base_seq
        for first, last, content, reasoning in logged.runs:
            if first == feed.seq + 1:
                feed.append(content, reasoning, count=last - first + 1)
            elif first <= feed.seq < last:
                await self._start_over()
                return
        self._drain()

    async def _start_over(self) -> None:
        """Rings brought the feed into the middle of a run of the log: read all of it again."""
        logged = await in_database(read_log, self._feed.message_id, 0)
        feed = self._feed
        if logged is None or not logged.running or feed.produced_here or logged.base_seq != self._base_seq:
            return
        content, reasoning, seq = logged.content, logged.reasoning, logged.base_seq
        for _first, last, more, thought in logged.runs:
            content, reasoning, seq = content + more, reasoning + thought, last
        if seq > feed.seq:
            feed.begin(seq=seq, content=content, reasoning=reasoning)
        self._drain()


class Mirrors:
    """One mirror for each feed that is read here and produced elsewhere."""

    def __init__(self, doorbell: Doorbell) -> None:
        self._doorbell = doorbell
        self._tasks: dict[Feed, asyncio.Task[None]] = {}
        self._closed = False

    def ensure(self, feed: Feed, *, fresh: bool = False) -> None:
        """Starts a mirror where one is needed; it ends by itself."""
        if self._closed or feed.produced_here or feed.ended or feed in self._tasks:
            return
        if fresh and not self._doorbell.reaches_far:
            # Its runner is in this process and takes over in milliseconds; nobody else could ring.
            asyncio.get_running_loop().call_later(TICK, self._ensure_late, feed)
            return
        task = asyncio.create_task(Mirror(feed, self._doorbell).run(fresh=fresh))
        self._tasks[feed] = task
        task.add_done_callback(lambda _: self._tasks.pop(feed, None))

    def _ensure_late(self, feed: Feed) -> None:
        if feed.listeners:
            self.ensure(feed)

    def close(self) -> None:
        self._closed = True
        for task in list(self._tasks.values()):
            task.cancel()
