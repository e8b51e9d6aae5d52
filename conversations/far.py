"""Tells other processes what a runner's answers bring, as fast as the channel layer takes it."""

import asyncio
from dataclasses import astuple, dataclass
from uuid import UUID

from conversations.doorbell import Doorbell, message_topic
from conversations.feed import Feed, Notice


@dataclass(slots=True)
class _Told:
    """Up to which event, and which notice last."""

    seq: int
    notice: Notice | None = None


class FarRings:
    """While the layer takes one ring, more text joins the next one of its answer."""

    def __init__(self, doorbell: Doorbell) -> None:
        self._doorbell = doorbell
        self._news = asyncio.Event()
        self._told: dict[UUID, tuple[Feed, _Told]] = {}

    def follow(self, feed: Feed) -> None:
        """From now on others, where there are any, hear what comes after the feed's last event."""
        if self._doorbell.reaches_far:
            self._told[feed.message_id] = feed, _Told(feed.seq)
            feed.listeners.add(self._news.set)

    def leave(self, feed: Feed) -> None:
        feed.listeners.discard(self._news.set)
        self._told.pop(feed.message_id, None)

    async def run_once(self) -> None:
        """Waits for news and tells them."""
        await self._news.wait()
        self._news.clear()
        for feed, told in list(self._told.values()):
            # An answer that ended while the layer took another one's ring has its end told instead.
            if feed.produced_here:
                await self._tell(feed, told)

    async def _tell(self, feed: Feed, told: _Told) -> None:
        topic = message_topic(feed.message_id)
        if feed.notice is not None and feed.notice is not told.notice:
            told.notice = feed.notice
            await self._doorbell.carry(topic, {"notice": astuple(feed.notice)})
        first = told.seq + 1
        texts = feed.text_since(told.seq) if feed.seq >= first else None
        if texts is None:
            return
        told.seq = feed.seq
        payload = {"first": first, "last": feed.seq, "content": texts[0], "reasoning": texts[1]}
        await self._doorbell.carry(topic, payload)
