"""A bell that one task waits for: an event that costs little when it is rung for every token."""

import asyncio


class Bell:
    """Like asyncio.Event for a single waiter, who finds it silent again afterwards."""

    __slots__ = ("_loop", "_rung", "_waiter")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = False
        self._waiter: asyncio.Future[None] | None = None

    @property
    def is_awaited(self) -> bool:
        """Everything that it was rung for is done."""
        return self._waiter is not None and not self._rung

    def ring(self) -> None:
        self._rung = True
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    async def wait(self) -> None:
        """Returns at once if it was rung since the last wait."""
        if not self._rung:
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        self._rung = False
