"""Carries out queued generations: claims them, streams their upstreams, writes what arrives, ends them.

A runner owns generations, never a socket or a request. The same class works inside the web process and
as a process of its own; everything that two runners must agree on is in the rows (conversations/claims.py).
"""

import asyncio
import contextlib
import logging
import os
import random
import socket
import time
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

from django.db import DatabaseError, DataError, InterfaceError, OperationalError

from conversations import budgets, claims, endings
from conversations.claims import Claim, Standing, Written
from conversations.doorbell import QUEUE, Doorbell, Payload, message_topic, user_topic
from conversations.endings import Ending
from conversations.far import FarRings
from conversations.feed import Feeds
from conversations.rings import Ring, after_advance
from conversations.sending import ready_to_advance, send_next
from conversations.sidebar import changed_frame
from conversations.stream import Stream
from conversations.tally import tally
from conversations.threads import in_database
from conversations.upstream.later import Client

logger = logging.getLogger(__name__)

# Seconds. A crash loses at most this much text; shorter costs more transactions.
FLUSH = 0.25
# Seconds between looks at the queue when nobody rings.
POLL = 1.0
# Seconds between renewals of the lease while a model is silent; far below claims.LEASE.
RENEWAL = 5.0
# Seconds between looks for stop requests whose ring was lost.
STOP_POLL = 0.5
# Seconds between looks for generations whose runner has died.
REAP = 5.0
# Seconds between looks for messages whose turn has come while nobody was there to send them.
ADVANCE = 5.0
# Seconds between looks whether a budget is used up; together with FLUSH, how far an answer goes beyond it.
BUDGETS = 0.5
# Seconds for which text is kept in memory while the database cannot be reached.
OUTAGE = 60.0


class Runner:
    def __init__(self, *, feeds: Feeds, doorbell: Doorbell, client: Client, at_once: int = 200) -> None:
        """`at_once`: how many generations this runner streams at the same time, at most."""
        self.name = f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid4().hex[:8]}"
        self._feeds = feeds
        self._doorbell = doorbell
        self._client = client
        self._at_once = at_once
        self._streams: dict[UUID, Stream] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._unwritten: list[Written] = []
        self._budgets = budgets.Watch()
        self._far = FarRings(doorbell)
        self._look = asyncio.Event()
        self._draining = False
        self._renewed = self._polled = 0.0
        # Since when the database has answered without fail; see _reap.
        self._healthy_since = time.monotonic()

    async def run(self) -> None:
        """Works until cancelled. Call `drain` first for an end without loss."""
        self._doorbell.listen(QUEUE, self._on_ring)
        try:
            async with asyncio.TaskGroup() as loops:
                loops.create_task(self._forever(self._claim))
                loops.create_task(self._forever(self._flush_when_due))
                loops.create_task(self._forever(self._reap))
                loops.create_task(self._forever(self._advance_all))
                loops.create_task(self._forever(self._keep_to_budgets))
                loops.create_task(self._forever(self._far.run_once))
        finally:
            self._doorbell.unlisten(QUEUE, self._on_ring)

    async def drain(self, grace: float) -> None:
        """Takes nothing new, gives the running answers `grace` seconds, then saves them as interrupted."""
        self._draining = True
        if self._tasks and grace > 0:
            await asyncio.wait(self._tasks, timeout=grace)
        for stream in self._streams.values():
            stream.interrupt()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    @property
    def running(self) -> int:
        return len(self._streams)

    def _on_ring(self, payload: Payload) -> None:
        stop = payload.get("stop")
        if stop is None:
            self._look.set()
        elif stream := self._streams.get(UUID(stop)):
            stream.stop()

    async def _forever(self, step: Callable[[], Awaitable[None]]) -> None:
        """Repeats `step`; a database that cannot be reached only delays it."""
        while True:
            try:
                await step()
            except DatabaseError as error:
                self._healthy_since = time.monotonic()
                logger.warning("%s: the database is unavailable (%s)", step.__name__, type(error).__name__)
                await asyncio.sleep(POLL)
            except Exception:
                # Whatever it is: the other answers, and those that are still to come, are worth another try.
                logger.exception("%s failed", step.__name__)
                await asyncio.sleep(POLL)

    async def _claim(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(POLL):
                await self._look.wait()
        self._look.clear()
        free = self._at_once - len(self._streams)
        if self._draining or free <= 0:
            return
        taken = await in_database(claims.claim_waiting, self.name, free)
        for claim in taken:
            self._start(claim)
        if len(taken) >= min(free, claims.AT_ONCE):
            self._look.set()

    def _start(self, claim: Claim) -> None:
        stream = Stream(claim, self._client, self._feeds.open(claim.message_id))
        self._streams[claim.generation_id] = stream
        self._far.follow(stream.feed)
        if self._draining:
            stream.interrupt()
        task = asyncio.create_task(self._carry_out(stream), name=f"generation {claim.generation_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carry_out(self, stream: Stream) -> None:
        claim = stream.claim
        ending = await stream.run()
        # From here on the log is not written any more: the final transaction has the whole text.
        del self._streams[claim.generation_id]
        rings: list[Ring] = []
        try:
            rings = await self._persist(stream, ending)
        except DatabaseError:
            logger.exception("Generation %s could not be saved", claim.generation_id)
        finally:
            self._look.set()
            self._announce_end(stream)
        for topic, payload in rings:
            self._doorbell.ring(topic, payload)

    async def _persist(self, stream: Stream, ending: Ending) -> list[Ring]:
        """Writes the end, however long the database is away, up to OUTAGE; returns what is to be rung."""
        give_up_at = time.monotonic() + OUTAGE
        pause = 0.1
        while True:
            try:
                return await in_database(_end, stream, ending)
            except (OperationalError, InterfaceError):
                if time.monotonic() > give_up_at:
                    raise
                await asyncio.sleep(pause)
                pause = min(pause * 2, 5.0)

    def _announce_end(self, stream: Stream) -> None:
        claim, feed = stream.claim, stream.feed
        feed.produced_here = False
        self._far.leave(feed)
        feed.end()
        self._feeds.release(feed)
        self._doorbell.ring_far(message_topic(claim.message_id), {"ended": True})

    async def _flush_when_due(self) -> None:
        await asyncio.sleep(FLUSH)
        now = time.monotonic()
        self._unwritten += [written for stream in self._streams.values() if (written := stream.take())]
        if self._unwritten or (self._streams and now - self._renewed >= RENEWAL):
            await self._flush(now)
        elif self._streams and now - self._polled >= STOP_POLL:
            self._polled = now
            asked = await in_database(claims.stops_requested, self.name, list(self._streams))
            self._apply(Standing(frozenset(self._streams), asked))

    async def _flush(self, now: float) -> None:
        # What a stream that has ended meanwhile left here is in its final transaction.
        entries = [entry for entry in self._unwritten if entry.claim.generation_id in self._streams]
        held, begun = list(self._streams), time.monotonic()
        try:
            standing = await in_database(claims.flush, self.name, held, entries)
        except DataError:
            # One text that the database cannot hold must not keep back the others; each end has its whole.
            logger.exception("A part of the log could not be written")
            standing = await in_database(claims.flush, self.name, held, [])
        tally.flushes.observe(time.monotonic() - begun)
        self._unwritten.clear()
        self._renewed = self._polled = now
        for generation_id in set(held) - standing.ours:
            self._fenced_off(generation_id)
        self._apply(standing)

    def _apply(self, standing: Standing) -> None:
        for generation_id in standing.to_stop:
            if stream := self._streams.get(generation_id):
                stream.stop()

    async def _keep_to_budgets(self) -> None:
        await asyncio.sleep(BUDGETS)
        if not self._streams:
            return
        for generation_id, sentence in (
            await in_database(self._budgets.exceeded, list(self._streams))
        ).items():
            if stream := self._streams.get(generation_id):
                stream.stop_over_budget(sentence)

    def _fenced_off(self, generation_id: UUID) -> None:
        """Someone gave us up and ended this generation: close the upstream, write nothing."""
        if stream := self._streams.get(generation_id):
            logger.warning("Generation %s is not ours any more", generation_id)
            stream.interrupt()

    async def _reap(self) -> None:
        await asyncio.sleep(REAP * random.uniform(0.8, 1.2))
        now = time.monotonic()
        stood_still = bool(self._streams) and now - self._renewed > 2 * RENEWAL
        if stood_still or now - self._healthy_since < claims.LEASE:
            # After an outage, of the database or our own, leases have run out: the living first renew theirs.
            return
        for message_id in await in_database(endings.reap):
            logger.warning("The runner of message %s was lost; its text was kept", message_id)
            if (feed := self._feeds.get(message_id)) and not feed.produced_here:
                feed.end()
            self._doorbell.ring_far(message_topic(message_id), {"ended": True})

    async def _advance(self, conversation_id: UUID) -> None:
        """Sends the message whose turn has come in this conversation, if there is one."""
        for topic, payload in await in_database(_advance, conversation_id):
            self._doorbell.ring(topic, payload)

    async def _advance_all(self) -> None:
        if not self._draining:
            for conversation_id in await in_database(ready_to_advance):
                await self._advance(conversation_id)
        await asyncio.sleep(ADVANCE * random.uniform(0.8, 1.2))


def _advance(conversation_id: UUID) -> list[Ring]:
    return after_advance(send_next(conversation_id))


def _end(stream: Stream, ending: Ending) -> list[Ring]:
    """In a database thread: the final transaction, what the server taught us, and what is to be sent next."""
    claim, learnt = stream.claim, stream.reply.endpoint
    ended = endings.finish(claim.generation_id, owner=claim.owner, fence=claim.fence, ending=ending)
    if learnt != claim.endpoint and claim.provider_id is not None:
        endings.remember_endpoint(claim.provider_id, claim.body["model"], claim.endpoint, learnt)
    if ended is None or ended.conversation_id is None or ended.updated_at is None:
        return []
    rings: list[Ring] = []
    if claim.user_id is not None:
        changed = changed_frame(
            ended.conversation_id, title=ended.title, updated_at=ended.updated_at, running=False, unread=True
        )
        payload = {"changed": changed, "conversation": str(ended.conversation_id)}
        rings.append((user_topic(claim.user_id), payload))
    try:
        return rings + _advance(claim.conversation_id)
    except DatabaseError as error:
        # The answer is saved; somebody looks for what waits every few seconds.
        logger.warning("What waits is sent a little later (%s)", type(error).__name__)
        return rings
