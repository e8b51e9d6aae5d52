"""What happens in a person's other conversations, told to a page in one frame for what half a second brings.

Somebody with fifty tabs and fifty running answers would otherwise cause thousands of frames for a sidebar.
"""

import asyncio
from collections.abc import Callable

from conversations import frames

# Seconds; a dot in the sidebar may be this late.
GATHER = 0.5


class Elsewhere:
    def __init__(self, say: Callable[[str], None]) -> None:
        """`say` sends a frame to the page."""
        self._say = say
        self._changes: dict[str, str] = {}
        self._timer: asyncio.TimerHandle | None = None

    def note(self, conversation: str, frame: str) -> None:
        """An encoded `conversation.changed`; only the newest of one conversation is told."""
        self._changes.pop(conversation, None)
        self._changes[conversation] = frame
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER, self._tell)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self) -> None:
        self._timer = None
        changes, self._changes = self._changes, {}
        self._say(frames.together(list(changes.values())))
