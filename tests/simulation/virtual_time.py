"""An event loop whose clock jumps to the next moment at which something is due; nothing ever sleeps."""

import asyncio
import selectors
from typing import Any


class Stuck(AssertionError):
    """Everything waits for something that nobody will do."""


class _Jump(selectors.SelectSelector):
    """There are no sockets here: waiting is only time that passes."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Stuck
        self.loop.now += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.now = 1_000.0
        selector = _Jump()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.now
