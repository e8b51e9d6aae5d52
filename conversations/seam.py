"""Where the rest of an answer meets the answer that it goes on with. Pure."""

from collections.abc import AsyncIterator
from typing import TypeVar

import msgspec

from conversations.upstream import Delta

T = TypeVar("T")


class Seam:
    """Joins the two as the model meant them, and takes away nothing that it was shown.

    The upstream was asked without the white space at the answer's end (see prompts.continued), so white
    space with which it begins may be the same once more: that much is left out. A text that seems to repeat
    the last words stays: in a poem or in code it may be meant, and nobody can tell.
    """

    def __init__(self, content: str, reasoning: str) -> None:
        """What the message holds already."""
        self._space = content[len(content.rstrip()) :]
        # Thinking that begins anew is a paragraph of its own.
        self._break = "\n\n" if reasoning else ""
        self._left_out = 0
        self._broken = False

    async def over(self, items: AsyncIterator[Delta | T]) -> AsyncIterator[Delta | T]:
        async for item in items:
            yield self.joined(item) if isinstance(item, Delta) else item

    def joined(self, delta: Delta) -> Delta:
        content, reasoning = delta.content, delta.reasoning
        if self._space and content:
            same = _same(self._space, content)
            self._space = self._space[same:] if same == len(content) else ""
            self._left_out += same
            content = content[same:]
        if reasoning and not self._broken:
            self._broken = True
            reasoning = self._break + reasoning
        return msgspec.structs.replace(delta, content=content, reasoning=reasoning)

    def whole(self, content: str, reasoning: str) -> tuple[str, str]:
        """All that the upstream sent → all that the message grows by, as the deltas were joined."""
        return content[self._left_out :], self._break + reasoning if reasoning else ""


def _same(one: str, other: str) -> int:
    """How many characters both begin with."""
    for at, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return at
    return min(len(one), len(other))
