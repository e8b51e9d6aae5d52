"""Inside the processes of these tests: short periods, a lossy layer, a wrong clock, a loop that stops."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from types import FrameType

from django.apps import AppConfig
from django.utils import timezone

LEASE = 8.0  # seconds; a machine that others share stands still for some
BLOCKED = 2.0


class Quick(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self) -> None:
        from conversations import claims, lifecycle, mirror, runner
        from conversations.consumers import lost_rings, socket
        from conversations.doorbell import layer_to_others as lossless
        from tests.lossy_layer import LossyLayer

        claims.LEASE, runner.RENEWAL, runner.REAP = LEASE, 1.0, 1.0
        mirror.TICK, socket.RECHECK, lost_rings.LOOK = 0.5, 1.0, 2.0
        if drop := float(os.environ.get("FAULTS_DROP", "0")):
            layer = LossyLayer(lossless(), drop=drop, repeat=0.2, delay=0.3)
            setattr(lifecycle, "layer_to_others", lambda: layer)  # noqa: B010 (a name that it imports)
        if hours := float(os.environ.get("FAULTS_CLOCK", "0")):
            set_clock(hours * 3600)
        signal.signal(signal.SIGUSR1, stand_still)


def set_clock(seconds: float) -> None:
    """This process's clock goes wrong by so much; the database's does not."""
    right = time.time

    def now() -> datetime:
        return datetime.now(tz=UTC) + timedelta(seconds=seconds)

    time.time = lambda: right() + seconds
    timezone.now = now


def stand_still(number: int, frame: FrameType | None) -> None:
    """In the main thread, where the event loop runs: as a computation that forgot to leave it."""
    time.sleep(BLOCKED)
