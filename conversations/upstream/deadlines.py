"""One timer for a reply, however many tokens it has: it looks now and then whether the upstream is late.

Every event only notes the time. The timer fires at the earliest possible end, and if events have come
since, it sleeps again. When a deadline is over it cancels the task that waits, as asyncio.timeout does, and
the reply turns that cancellation into the error. A reply that nobody waits for is never late: its reader
is.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from conversations.sentences import gettext_noop
from conversations.upstream.accumulator import Answer
from conversations.upstream.endpoint import Deadlines
from conversations.upstream.errors import DeadlineExceeded, Interrupted

T = TypeVar("T")

AFTER_FINISH = 5.0  # seconds that a usage chunk may take after the finish_reason


class Watchdog:
    def __init__(self, deadlines: Deadlines) -> None:
        self.reason: Interrupted | None = None
        self._deadlines = deadlines
        self._loop = asyncio.get_running_loop()
        self._started = self._asked = self.last = self._loop.time()
        self._waiting: asyncio.Task[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._phase = "pause"

    def asked(self) -> None:
        """A request goes out: the first token is due from here."""
        self._asked = self._loop.time()
        self._enter("first_token")

    def pausing(self) -> None:
        """Nothing is asked for a while; only the total time runs."""
        self._enter("pause")

    def event(self, answer: Answer) -> None:
        """Something came that is no comment."""
        if answer.finish_reason is not None and self._phase != "after_finish":
            self._enter("after_finish")
        elif self._phase == "first_token" and answer.begun:
            self._enter("idle")
        else:
            self.last = self._loop.time()

    async def guard(self, work: Awaitable[T]) -> T:
        """Waits for `work`, but not longer than allowed: then, or when interrupted, raises why."""
        # With the loop named: finding the running one costs a system call in Python 3.11, for each token.
        task = asyncio.current_task(self._loop)
        assert task is not None, "a reply is read inside a task"
        cancelled_before = task.cancelling()
        self._waiting = task
        try:
            return await work
        except asyncio.CancelledError:
            # As in asyncio.timeout: ours only if nobody else cancelled the task as well.
            if self.reason is None or task.uncancel() > cancelled_before:
                raise
            raise self.reason from None
        finally:
            self._waiting = None

    def interrupt(self, reason: Interrupted) -> bool:
        """True if somebody was waiting, who gets `reason` now."""
        if self._waiting is None or self._waiting is asyncio.current_task(self._loop):
            return False
        self.reason = self.reason or reason
        self._waiting.cancel()
        return True

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _enter(self, phase: str) -> None:
        self._phase = phase
        self.last = self._loop.time()
        self._arm()

    def _due(self) -> tuple[float, str, float]:
        """(when, which, its seconds) of the earliest deadline."""
        limits = self._deadlines
        dues = [(self._started + limits.total, "total", limits.total)]
        if self._phase == "first_token":
            dues.append((self._asked + limits.first_token, "first_token", limits.first_token))
        elif self._phase == "idle":
            dues.append((self.last + limits.idle, "idle", limits.idle))
        elif self._phase == "after_finish":
            dues.append((self.last + AFTER_FINISH, "after_finish", AFTER_FINISH))
        return min((due for due in dues if due[2] > 0), default=(float("inf"), "", 0.0))

    def _arm(self) -> None:
        self.stop()
        when = self._due()[0]
        if when != float("inf"):
            self._timer = self._loop.call_at(when, self._look)

    def _look(self) -> None:
        when, which, seconds = self._due()
        if when > self._loop.time():
            self._arm()
            return
        if self._waiting is None:
            self.last = self._loop.time()
            self._timer = self._loop.call_later(0.1, self._look)
            return
        self.interrupt(DeadlineExceeded(_SENTENCES[which].format(seconds=f"{seconds:g}"), kind=which))


_SENTENCES = {
    "total": gettext_noop("The answer took longer than the {seconds} s that one answer may take."),
    "first_token": gettext_noop("The upstream was asked, but no answer began within {seconds} s."),
    "idle": gettext_noop("The upstream fell silent in the middle of the answer for {seconds} s."),
    "after_finish": gettext_noop(
        "The upstream left the connection open {seconds} s after the end of the answer."
    ),
}
