"""A channel layer that does what its contract allows: drops, repeats, delays and reorders what is sent.

It stands before another layer (in memory, or Redis), which carries what is left. Only group messages are
touched: memberships work as in the layer behind.
"""

import asyncio
import random
from typing import Any

from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer


class LossyLayer(BaseChannelLayer):  # type: ignore[misc]
    """`drop` and `repeat` are shares from 0 to 1; each message waits up to `delay` seconds on its own."""

    def __init__(
        self,
        behind: BaseChannelLayer,
        *,
        drop: float = 0.0,
        repeat: float = 0.0,
        delay: float = 0.0,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self._behind, self._random = behind, random.Random(seed)
        self.drop, self.repeat, self.delay = drop, repeat, delay
        self.sent = self.dropped = 0
        self._on_the_way: set[asyncio.Task[None]] = set()

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self.sent += 1
        if self._random.random() < self.drop:
            self.dropped += 1
            return
        for _ in range(2 if self._random.random() < self.repeat else 1):
            if self.delay:
                self._later(group, message)
            else:
                await self._behind.group_send(group, message)

    def _later(self, group: str, message: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self._carry(group, message))
        self._on_the_way.add(task)
        task.add_done_callback(self._on_the_way.discard)

    async def _carry(self, group: str, message: dict[str, Any]) -> None:
        await asyncio.sleep(self._random.uniform(0, self.delay))
        await self._behind.group_send(group, message)

    async def new_channel(self, prefix: str = "specific.") -> str:
        return str(await self._behind.new_channel())

    async def group_add(self, group: str, channel: str) -> None:
        await self._behind.group_add(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        await self._behind.group_discard(group, channel)

    async def receive(self, channel: str) -> Any:
        return await self._behind.receive(channel)

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        try:
            await self._behind.send(channel, message)
        except ChannelFull:
            self.dropped += 1
