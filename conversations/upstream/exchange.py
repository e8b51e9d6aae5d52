"""What a reply needs of the network, so that it can be read and tested without one."""

from collections.abc import Callable
from typing import Any, Protocol

from conversations.upstream.endpoint import Endpoint


class Exchange(Protocol):
    """One HTTP request that was answered: what a reply needs of a connection. Raises UpstreamErrors only."""

    status: int
    headers: dict[str, str]  # names in lower case

    async def read(self) -> bytes: ...  # b"" at the end
    async def start_of_body(self) -> bytes: ...  # bounded in size and time, then closed
    async def aclose(self) -> None: ...
    def release(self) -> None: ...  # the answer is over: read the rest unseen, keep the connection


class Opener(Protocol):
    # `on_sent`: the request is on its way; many servers answer not even headers before they have read it.
    async def open(
        self, endpoint: Endpoint, body: dict[str, Any], on_sent: Callable[[], None]
    ) -> Exchange: ...
