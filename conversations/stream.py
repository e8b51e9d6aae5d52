"""One generation on its way: the upstream's deltas in, events for the feed and the log out.

A stream knows nothing of other streams or of the database; the runner that owns it does.
"""

import asyncio
import logging
import time

from django.utils.translation import gettext_noop

from conversations import localmodel
from conversations.claims import Claim, Written
from conversations.endings import RESTARTED, Ending, account
from conversations.feed import Feed, Notice
from conversations.models.status import Status
from conversations.seam import Seam
from conversations.tally import GAPS, Histogram
from conversations.upstream import (
    ConnectionFailed,
    DeadlineExceeded,
    Delta,
    Interrupted,
    Reply,
    UpstreamError,
)
from conversations.upstream.later import Client

logger = logging.getLogger(__name__)

REMOVED = gettext_noop(
    "The provider that was to answer has been removed. Please pick another model and try again."
)
OUR_FAULT = gettext_noop("Something went wrong on our side while this answer was being written.")
MODEL_DIED = gettext_noop(
    "The demo model on this machine stopped working in the middle of this answer. "
    "It is started again by itself; please try again in a moment."
)
# What is said, and its kind, where it was not the upstream that ended the answer.
_OUR_WORDS = {
    Status.INTERRUPTED: (RESTARTED, "restarted"),
    Status.FAILED: (OUR_FAULT, "internal"),
}


class Stream:
    """Runs one claim. `stop` and `interrupt` may be called at any moment; the first one counts."""

    def __init__(self, claim: Claim, client: Client, feed: Feed) -> None:
        self.claim = claim
        self.feed = feed
        self.reply: Reply = client.reply(claim.endpoint, claim.body)
        self.reply.on_phase = self._wait_for
        self._cut: Status | None = None
        # Why, and of which kind, where it was neither a person nor our process that ended it.
        self._said: tuple[str, str] | None = None
        self._pump: asyncio.Task[None] | None = None
        self._pending: list[Delta] = []
        self._flushed_seq = claim.base_seq
        grows = claim.base_content or claim.base_reasoning
        self._seam = Seam(claim.base_content, claim.base_reasoning) if grows else None
        self._closed_at = 0.0
        self._gaps, self._heard_at = Histogram(GAPS), 0.0
        feed.produced_here = True
        feed.begin(seq=claim.base_seq, content=claim.base_content, reasoning=claim.base_reasoning)

    async def run(self) -> Ending:
        """Streams until the end, whatever it is. Never raises but for being cancelled itself."""
        if self._cut is not None:
            return self._ending(self._cut)
        if not self.claim.endpoint.base_url:
            return Ending(Status.FAILED, error=REMOVED, error_kind="no_provider", last_seq=self.feed.seq)
        self._pump = asyncio.create_task(self._read())
        try:
            await asyncio.wait([self._pump])
        finally:
            self._pump.cancel()
        self._closed_at = time.monotonic()
        return self._outcome(self._pump)

    async def _read(self) -> None:
        feed, pending = self.feed, self._pending
        # The model on this machine may still be starting, or starting again.
        if localmodel.is_starting(self.claim.endpoint.base_url):
            self._wait_for("starting")
        await localmodel.ready(self.claim.endpoint.base_url)
        async with self.reply:
            items = self.reply if self._seam is None else self._seam.over(self.reply)
            async for item in items:
                if self._cut is not None:
                    return
                if isinstance(item, Delta):
                    pending.append(item)
                    feed.append(item.content, item.reasoning)
                    self._note_gap()
                else:
                    self._wait_for(item.phase, item.seconds, item.detail)

    def _note_gap(self) -> None:
        now = time.perf_counter()
        if self._heard_at:
            self._gaps.observe(now - self._heard_at)
        self._heard_at = now

    def _wait_for(self, phase: str, seconds: float = 0.0, detail: str = "") -> None:
        self.feed.wait(Notice(phase, seconds, detail, self.claim.usually_ms))

    def stop(self) -> None:
        """A person wants no more: nothing that arrives from now on is kept."""
        self._end_as(Status.STOPPED)

    def stop_over_budget(self, sentence: str) -> None:
        """A budget is used up: what has arrived is kept, and it is said why there is no more."""
        if self._cut is None:
            self._said = (sentence, "over_budget")
        self._end_as(Status.STOPPED)

    def interrupt(self) -> None:
        """Our process is going away."""
        self._end_as(Status.INTERRUPTED)

    def _end_as(self, status: Status) -> None:
        if self._cut is not None:
            return
        self._cut = status
        if self._pump is not None:
            self._pump.cancel()

    def take(self) -> Written | None:
        """The events that have arrived since the last call, for the log."""
        if not self._pending:
            return None
        deltas = self._pending[:]
        self._pending.clear()
        first = self._flushed_seq + 1
        self._flushed_seq += len(deltas)
        return Written(
            self.claim,
            first,
            self._flushed_seq,
            "".join([delta.content for delta in deltas]),
            "".join([delta.reasoning for delta in deltas]),
            "".join([delta.refusal for delta in deltas]),
        )

    def _outcome(self, pump: "asyncio.Task[None]") -> Ending:
        error = None if pump.cancelled() else pump.exception()
        if self._cut is not None:
            return self._ending(self._cut)
        if error is None and not pump.cancelled():
            return self._ending(Status.COMPLETE)
        if isinstance(error, Interrupted):
            return self._ending(Status.INTERRUPTED, error)
        if isinstance(error, UpstreamError):
            return self._ending(Status.FAILED, error)
        logger.error("Generation %s broke", self.claim.generation_id, exc_info=error)
        return self._ending(Status.FAILED)

    def _model_died(self, error: UpstreamError) -> bool:
        """A broken connection to our own child process says that it died; an address would say nothing."""
        broke = isinstance(error, Interrupted | ConnectionFailed) and not isinstance(error, DeadlineExceeded)
        return broke and localmodel.is_here(self.claim.endpoint.base_url)

    def _ending(self, status: Status, error: UpstreamError | None = None) -> Ending:
        ending = Ending.of(self.reply, status, error)
        ending.last_seq = self.feed.seq
        ending.closed_at, ending.gaps = self._closed_at, self._gaps
        if self._seam is not None:
            ending.content, ending.reasoning = self._seam.whole(ending.content, ending.reasoning)
        if error is None:
            ending.error, ending.error_kind = self._said or _OUR_WORDS.get(status, ("", ""))
        elif self._model_died(error):
            ending.error = MODEL_DIED
        account(ending, self.claim.body["messages"], self.claim.factors)
        return ending
