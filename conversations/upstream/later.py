"""The client, made when it is first needed: pages are served while its HTTP libraries are being read."""

import asyncio
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from conversations.upstream.endpoint import Deadlines, Endpoint
from conversations.upstream.listing import Listed
from conversations.upstream.reply import Reply

if TYPE_CHECKING:
    from conversations.upstream.client import UpstreamClient


class Client(Protocol):
    """What is needed of a client, now or later."""

    def reply(self, endpoint: Endpoint, body: dict[str, Any]) -> Reply: ...

    async def models(self, endpoint: Endpoint) -> list[Listed]: ...

    async def aclose(self) -> None: ...


class LaterClient:
    """The same verbs as UpstreamClient; like it for one event loop."""

    def __init__(self, deadlines: Deadlines, *, proxy: str = "") -> None:
        self._deadlines, self._proxy = deadlines, proxy

    @cached_property
    def _client(self) -> "UpstreamClient":
        from conversations.upstream.client import UpstreamClient

        return UpstreamClient(self._deadlines, proxy=self._proxy)

    async def load(self) -> None:
        """Reads the libraries beside whatever else the loop does, so that the first answer need not wait."""
        await asyncio.to_thread(import_module, "conversations.upstream.client")

    def reply(self, endpoint: Endpoint, body: dict[str, Any]) -> Reply:
        return self._client.reply(endpoint, body)

    async def models(self, endpoint: Endpoint) -> list[Listed]:
        return await self._client.models(endpoint)

    async def aclose(self) -> None:
        if "_client" in self.__dict__:
            await self._client.aclose()
