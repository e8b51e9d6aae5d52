"""Whether the channel layer carries: looked at every few seconds, and known at once to whoever asks."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable

# Seconds between two looks. A look at a layer that is away takes up to two more (conversations/doorbell.py).
LOOK = 2.0


class LayerWatch:
    def __init__(self, round_trip: Callable[[], Awaitable[float | None]]) -> None:
        """`round_trip`: through the layer and back, in seconds; None if nothing came back."""
        self._round_trip = round_trip
        self._turned = asyncio.Event()
        self.was_asked = False
        # Of the last look; None where nothing came back.
        self.milliseconds: float | None = None

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            seconds = await self._round_trip()
            self._found(None if seconds is None else seconds * 1000)
            await asyncio.sleep(LOOK * random.uniform(0.8, 1.2))

    async def turn(self, within: float) -> None:
        """Waits until the layer goes or comes back, but no longer than this."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._turned.wait()
        self._turned.clear()

    def trouble(self) -> str:
        if not self.was_asked:
            return "Redis has not been asked yet."
        return "Redis does not answer." if self.milliseconds is None else ""

    def _found(self, milliseconds: float | None) -> None:
        if self.was_asked and (milliseconds is None) != (self.milliseconds is None):
            self._turned.set()
        self.was_asked, self.milliseconds = True, milliseconds
