"""Short deadlines that only a silent server misses, never a machine that is slow to bring what was sent."""

import pytest

from conversations.upstream.deadlines import Watchdog
from tests.scripted_upstream import ScriptedUpstream, wait_for

# Sends nothing any more, until its client goes.
SILENT = wait_for("silent")
AGAIN = 0.02  # seconds


def only_when_silent(monkeypatch: pytest.MonkeyPatch, upstream: ScriptedUpstream) -> None:
    """From now on deadlines are looked at when a script stands at SILENT or has ended."""
    look = Watchdog._look

    def patient(watchdog: Watchdog) -> None:
        ended = any(seen._ended.is_set() for seen in tuple(upstream.requests))
        if ended or upstream.gate("silent").reached.is_set():
            look(watchdog)
        else:
            watchdog._timer = watchdog._loop.call_later(AGAIN, watchdog._look)

    monkeypatch.setattr(Watchdog, "_look", patient)
