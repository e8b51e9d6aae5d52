"""Signs of life: every process keeps a row that says that it is there, and how busy it is."""

import contextlib
import logging
import os
import random
import socket
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import DatabaseError
from django.utils import timezone

from conversations.layer_watch import LayerWatch
from conversations.models import Process
from conversations.tally import tally
from conversations.threads import in_database

logger = logging.getLogger(__name__)

# Seconds between two signs of life, and until the first.
BEAT, FIRST = 5.0, 1.0


class Heartbeat:
    def __init__(self, facts: Callable[[], dict[str, Any]], layer: LayerWatch) -> None:
        """`facts`: the columns of the row that change."""
        self.name = f"{socket.gethostname()[:40]}-{os.getpid()}-{uuid4().hex[:6]}"
        self._facts, self._layer = facts, layer
        self._started_at = timezone.now()
        self._has_beaten = False

    async def run(self) -> None:
        """Beats until cancelled, and at once when the layer goes or comes back."""
        pause = FIRST
        while True:
            await self._layer.turn(within=pause * random.uniform(0.8, 1.2))
            pause = BEAT
            try:
                await in_database(self.beat)
            except DatabaseError as error:
                logger.warning("No sign of life could be written: %s", type(error).__name__)

    def beat(self) -> None:
        self._has_beaten = True
        counted = {"lost_rings": tally.lost_rings, "layer_ms": self._layer.milliseconds}
        now = {"seen_at": timezone.now(), **counted, **self._facts()}
        here = {"host": socket.gethostname()[:80], "pid": os.getpid(), "started_at": self._started_at}
        Process.objects.update_or_create(name=self.name, defaults=now, create_defaults={**here, **now})
        Process.objects.forget_old()

    async def end(self) -> None:
        """This process is going: nobody need wait for its silence."""
        if not self._has_beaten:
            return
        with contextlib.suppress(DatabaseError):
            await in_database(Process.objects.filter(name=self.name).delete)
