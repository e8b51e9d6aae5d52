"""Splits `<think>…</think>` at the very start of a content from the answer that follows it.

Servers without a reasoning parser pass the model's own tags through, cut anywhere. Only a tag before any
other text counts: later ones are talk about tags. Blank space around the tags is not kept.
"""

import re
from enum import Enum, auto

_OPENING = re.compile(r"\s*<(think|thinking|thought|reasoning)>", re.IGNORECASE)
_OPENINGS = ("<think>", "<thinking>", "<thought>", "<reasoning>")
MAX_HELD = 1024  # characters; more blank space than this is text


class _Place(Enum):
    BEFORE = auto()  # only blank space so far
    OPENED = auto()  # after the tag, no reasoning yet
    INSIDE = auto()
    CLOSED = auto()  # after the closing tag, no content yet


class ThinkSplitter:
    """Content pieces in, (content, reasoning) pieces out."""

    def __init__(self) -> None:
        # Nothing to look for any more: `feed` may be skipped.
        self.plain = False
        self._place = _Place.BEFORE
        self._tag = ""
        self._held = ""  # may be the start of a tag, or blank space before one

    def feed(self, text: str) -> tuple[str, str]:
        text, self._held = self._held + text, ""
        if self.plain:
            return text, ""
        if self._place is _Place.BEFORE:
            return self._before(text)
        if self._place is _Place.CLOSED:
            return self._after(text), ""
        return self._inside(text)

    def end(self) -> tuple[str, str]:
        """What was held back, once nothing can follow any more."""
        held, self._held = self._held, ""
        return (held, "") if self._place is _Place.BEFORE else ("", held.rstrip())

    def _before(self, text: str) -> tuple[str, str]:
        opening = _OPENING.match(text)
        if opening:
            self._place, self._tag = _Place.OPENED, f"</{opening[1].lower()}>"
            return self._inside(text[opening.end() :])
        start = text.lstrip().lower()
        if len(text) < MAX_HELD and any(tag.startswith(start) for tag in _OPENINGS):
            self._held = text
            return "", ""
        self.plain = True
        return text, ""

    def _inside(self, text: str) -> tuple[str, str]:
        if self._place is _Place.OPENED:
            text = text.lstrip()
        if not text:
            return "", ""
        self._place = _Place.INSIDE
        closing = re.search(self._tag, text, re.IGNORECASE)
        if closing is None:
            return "", self._hold_tail(text)
        self._place = _Place.CLOSED
        return self._after(text[closing.end() :]), text[: closing.start()].rstrip()

    def _after(self, text: str) -> str:
        text = text.lstrip()
        if text:
            self.plain = True
        return text

    def _hold_tail(self, text: str) -> str:
        """The text without an end that blank space or the closing tag may begin with."""
        cut = len(text)
        for length in range(min(len(self._tag) - 1, len(text)), 0, -1):
            if self._tag.startswith(text[-length:].lower()):
                cut -= length
                break
        cut = len(text[:cut].rstrip())
        if len(text) - cut > MAX_HELD:
            return text
        self._held = text[cut:]
        return text[:cut]
