"""Between a page's socket and its consumer, for what passes with each token: one call, none of ASGI's queues.

A server that offers it puts it into the scope of a websocket, as an ASGI extension; without it everything
goes the common way. Both ways end in the same place at once, so that the order of frames is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

EXTENSION = "conversations.short_way"


@dataclass(slots=True)
class ShortWay:
    # Sends the UTF-8 bytes of one text frame, or nothing on a socket that is closing.
    send: Callable[[bytes], None]
    # Hears each short frame that came; False: it is to go the common way.
    hear: Callable[[str], bool] | None = None


def offered(scope: dict[str, Any]) -> ShortWay | None:
    short_way: ShortWay | None = (scope.get("extensions") or {}).get(EXTENSION)
    return short_way
