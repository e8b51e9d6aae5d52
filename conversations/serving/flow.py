"""How fast a file is sent: as fast as its receiver takes it.

Daphne hands every piece to the transport, which keeps what the receiver does not take yet: for a slow one
all of a large file. Twisted says when its buffer is full; here the application waits for that.
"""

import asyncio
from typing import Any


class Flow:
    """What Twisted pauses and resumes (its IPushProducer); `free` is waited for before each piece."""

    def __init__(self) -> None:
        self.free = asyncio.Event()
        self.free.set()

    def pauseProducing(self) -> None:
        self.free.clear()

    def resumeProducing(self) -> None:
        self.free.set()

    def stopProducing(self) -> None:
        """The receiver is gone: nobody needs to wait any more."""
        self.free.set()


def begins_or_goes_on(protocol: Any) -> Flow:
    """The flow of this answer, in which more is to come."""
    flow: Flow | None = getattr(protocol, "_flow", None)
    if flow is None:
        flow = protocol._flow = Flow()
        protocol.registerProducer(flow, True)
    return flow


def ends(protocol: Any) -> None:
    if getattr(protocol, "_flow", None) is not None:
        protocol.unregisterProducer()
        protocol._flow = None
