"""`manage.py rungenerations`: a runner outside the web processes, as many as you like on as many machines."""

import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand

from conversations.lifecycle import House


class Command(BaseCommand):
    help = "Carries out queued answers until SIGTERM or Ctrl-C; running ones get time to end."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--drain", type=float, default=300.0, help="seconds that running answers get at the end (300)"
        )

    def handle(self, *args: Any, drain: float, **options: Any) -> None:
        asyncio.run(self._run(drain))

    async def _run(self, grace: float) -> None:
        told_to_end = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, told_to_end.set)
        house = House(with_runner=True, grace=grace)
        house.start()
        self.stdout.write(f"Runner {house.runner.name if house.runner else ''} is at work. Ctrl-C stops it.")
        await told_to_end.wait()
        await house.drain()
