"""`manage.py rungenerations`: a runner outside the web processes, as many as you like on as many machines."""

import asyncio
import signal
from typing import Any

from django.core.management.base import BaseCommand

from conversations.lifecycle import House
from conversations.metrics_port import serve_metrics


class Command(BaseCommand):
    help = "Carries out queued answers until SIGTERM or Ctrl-C; running ones get time to end."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--drain", type=float, default=300.0, help="seconds that running answers get at the end (300)"
        )

        parser.add_argument(
            "--metrics-port", type=int, default=0, help="for Prometheus, on this machine (none)"
        )

    def handle(self, *args: Any, drain: float, metrics_port: int, **options: Any) -> None:
        asyncio.run(self._run(drain, metrics_port))

    async def _run(self, grace: float, metrics_port: int) -> None:
        told_to_end = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, told_to_end.set)
        house = House(with_runner=True, grace=grace, serves_pages=False)
        house.start()
        self.stdout.write(f"Runner {house.runner.name if house.runner else ''} is at work. Ctrl-C stops it.")
        if metrics_port:
            await serve_metrics(metrics_port, house.gauges)
        await told_to_end.wait()
        await house.drain()
