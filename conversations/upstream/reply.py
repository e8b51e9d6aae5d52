"""One answer from an upstream, as an asynchronous iterator of what arrives.

The reply holds no task of its own: it works only while someone waits in `__anext__`. It may be closed from
anywhere, and the waiting task may be cancelled at any moment; the connection is closed then, at once.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from conversations.sentences import gettext_noop
from conversations.upstream.accumulator import Accumulator, Answer, Delta
from conversations.upstream.asking import asked_differently
from conversations.upstream.deadlines import Watchdog
from conversations.upstream.decoder import Decoder
from conversations.upstream.dialects import Chunk
from conversations.upstream.encodings import BodyDecoder, Identity, body_decoder
from conversations.upstream.endpoint import Deadlines, Endpoint
from conversations.upstream.errors import ConnectionFailed, Interrupted, Reported, UpstreamError
from conversations.upstream.exchange import Exchange, Opener
from conversations.upstream.outcome import outcome_of
from conversations.upstream.refusals import Refusal
from conversations.upstream.retry import pause_before
from conversations.upstream.words import as_sentence, plain

_REPORTED = gettext_noop("{host} reported an error: {words}")
_STOPPED = gettext_noop("The answer was stopped.")
LASTING = frozenset({"tls", "forbidden"})  # the kinds of connection failure that no second try heals


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice while nothing has come. `phase`: "retrying"; `seconds` until the next request; `detail`:
    why.
    """

    phase: str
    seconds: float
    detail: str


class Reply:
    """Iterate once. `answer` and the counters are valid during, after and after whatever went wrong."""

    def __init__(
        self, opener: Opener, endpoint: Endpoint, body: dict[str, Any], deadlines: Deadlines
    ) -> None:
        self.endpoint = endpoint  # afterwards with what the server taught us
        self.attempts = 0
        self.ttft_ms: int | None = None
        self.status_code: int | None = None
        # Hears "connecting" before a request, and "reading" when it has been sent, before any token.
        self.on_phase: Callable[[str], None] = _unheard
        self._phase_told = ""
        self._opener, self._asking, self._body, self._deadlines = opener, endpoint, body, deadlines
        self._accumulator = Accumulator()
        self._decoder = Decoder(endpoint.secrets)
        self._encoding: BodyDecoder = Identity()
        self._exchange: Exchange | None = None
        self._watchdog: Watchdog | None = None
        self._pause = 0.0  # seconds before the next attempt
        self._retries = 0
        self._finished = False  # reading is over, a last delta may still be on its way
        self._cause: UpstreamError | None = None  # what ended the reading before the body did
        self._error: UpstreamError | None = None  # how it ended, None: complete
        self._closed = asyncio.Event()
        self._started = self._asked = self._stopped = 0.0
        self._thought_from = self._thought_to = 0.0  # from the first reasoning to the first content

    @property
    def answer(self) -> Answer:
        return self._accumulator.answer

    @property
    def duration_ms(self) -> int:
        return round(((self._stopped or time.monotonic()) - self._started) * 1000) if self._started else 0

    @property
    def reasoning_ms(self) -> int | None:
        """How long the model reasoned before it answered (or until its end); None if it did not."""
        if not self._thought_from:
            return None
        until = self._thought_to or self._stopped or time.monotonic()
        return max(0, round((until - self._thought_from) * 1000))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Delta | Waiting:
        if self._closed.is_set():
            raise self._error or StopAsyncIteration
        if self._watchdog is None:
            self._watchdog = Watchdog(self._deadlines)
            self._started = time.monotonic()
        try:
            while self._exchange is None:
                if waiting := await self._attempt(self._watchdog):
                    return waiting
            delta = None if self._finished else await self._read(self._exchange, self._watchdog)
        except BaseException as error:  # cancellation too: whatever ends the waiting ends the reply
            await self._shut(error if isinstance(error, UpstreamError) else _stopped())
            raise
        if delta is not None:
            return delta
        await self._shut(self._error)
        raise self._error or StopAsyncIteration

    async def aclose(self) -> None:
        """Closes the connection now; who waits for the next delta gets Interrupted."""
        if self._watchdog is not None and self._watchdog.interrupt(_stopped()):
            await self._closed.wait()
            return
        await self._shut(self._error if self._finished else _stopped())

    async def _attempt(self, watchdog: Watchdog) -> Waiting | None:
        """One request. Afterwards there is an exchange, or a notice, or the next attempt asks differently."""
        if self._pause:
            watchdog.pausing()
            await watchdog.guard(asyncio.sleep(self._pause))
            self._pause = 0.0
        self.attempts += 1
        self._asked = time.monotonic()
        self._phase("connecting")
        watchdog.asked()
        try:
            exchange = await watchdog.guard(self._opener.open(self._asking, self._body, self._reading))
        except ConnectionFailed as failure:
            return self._again(failure, passing=failure.kind not in LASTING)
        self.status_code = exchange.status
        if 200 <= exchange.status < 300:
            self._exchange = exchange  # from here on _shut closes it
            self.endpoint = self._asking
            self._reading()
            self._encoding = body_decoder(exchange.headers.get("content-encoding", ""))
            return None
        return await self._refused(exchange, watchdog)

    def _reading(self) -> None:
        if self._phase_told == "connecting":
            self._phase("reading")

    def _phase(self, phase: str) -> None:
        self._phase_told = phase
        self.on_phase(phase)

    async def _refused(self, exchange: Exchange, watchdog: Watchdog) -> Waiting | None:
        try:
            body = await watchdog.guard(exchange.start_of_body())
        finally:
            await exchange.aclose()
        refusal = Refusal(exchange.status, exchange.headers, body)
        if differently := asked_differently(self._asking, self._body, refusal):
            self._asking = differently
            return None
        return self._again(refusal.error(self._asking), passing=refusal.passing)

    def _again(self, error: UpstreamError, *, passing: bool) -> Waiting:
        pause = pause_before(self._retries, error) if passing else None
        if pause is None:
            raise error
        self._retries += 1
        self._pause = pause
        return Waiting("retrying", pause, as_sentence(error.message))

    async def _read(self, exchange: Exchange, watchdog: Watchdog) -> Delta | None:
        """The next delta; None at the end, with `_error` saying which."""
        accumulator = self._accumulator
        try:
            while not (accumulator.done or accumulator.error or self._cause):
                data = await watchdog.guard(exchange.read())
                if not data:
                    break
                if delta := self._digest(data, watchdog):
                    return delta
        except UpstreamError as error:
            self._cause = error
        return self._conclude()

    def _digest(self, data: bytes, watchdog: Watchdog) -> Delta | None:
        """The path of a token: what one network read adds. What came before an error is kept."""
        accumulator, decoder = self._accumulator, self._decoder
        events = decoder.events
        try:
            for part in self._encoding.decode(data):
                for chunk in decoder.feed(part):
                    accumulator.add(chunk)
        except UpstreamError as error:
            self._cause = error
        delta = accumulator.take()
        if decoder.events != events:  # a comment keeps no deadline away
            watchdog.event(accumulator.answer)
        return self._timed(delta)

    def _timed(self, delta: Delta | None) -> Delta | None:
        if self._thought_to or delta is None or not (delta.content or delta.reasoning):
            return delta
        now = time.monotonic()
        if self.ttft_ms is None:
            self.ttft_ms = round((now - self._asked) * 1000)
        if delta.reasoning and not self._thought_from:
            self._thought_from = now
        if delta.content:
            self._thought_to = now
        return delta

    def _conclude(self) -> Delta | None:
        accumulator, decoder = self._accumulator, self._decoder
        try:
            for chunk in decoder.end():
                accumulator.add(chunk)
        except UpstreamError as error:
            self._cause = self._cause or error
        for chunk in decoder.stray_chunks():
            accumulator.add(Chunk(error=chunk.error))
        accumulator.end()
        delta = accumulator.take()
        stray = plain(decoder.stray(), *self._asking.secrets)
        self._error = self._worded(outcome_of(accumulator, self._cause, stray))
        self._finished = True
        return self._timed(delta)

    def _worded(self, error: UpstreamError | None) -> UpstreamError | None:
        asked = self._asking
        if not isinstance(error, Reported):
            return error
        if error.status_code:
            return Refusal(error.status_code, body=error.message.encode("utf-8", "replace")).error(asked)
        return Reported(_REPORTED.format(host=asked.host, words=plain(error.message, *asked.secrets)))

    async def _shut(self, error: UpstreamError | None) -> None:
        if self._closed.is_set():
            return
        self._error = error
        self._stopped = time.monotonic()
        if self._watchdog is not None:
            self._watchdog.stop()
        try:
            await self._leave(complete=error is None)
        finally:
            self._closed.set()

    async def _leave(self, *, complete: bool) -> None:
        if self._exchange is None:
            return
        if complete:
            self._exchange.release()
        else:
            await self._exchange.aclose()


def _unheard(phase: str) -> None:
    pass


def _stopped() -> Interrupted:
    return Interrupted(_STOPPED, kind="stopped")
