"""Text from JSON → text that every database, socket and page can carry: no NUL, no halves of surrogate pairs.

JSON may spell U+1F600 as two escapes, and servers cut between them; a database then refuses the lone half.
"""

import math
import re
from typing import Any

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff\0]")


def clean(text: str) -> str:
    """Pairs joined; lone halves and NUL replaced by U+FFFD."""
    if text.isascii():
        return text.replace("\0", REPLACEMENT)
    return _LONE.sub(REPLACEMENT, _PAIR.sub(_join, text))


def _join(pair: re.Match[str]) -> str:
    return pair.group().encode("utf-16", "surrogatepass").decode("utf-16")


class Joiner:
    """Cleans a text that comes in pieces; a high half at the end of one waits for the next."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        if not self._half and text.isascii() and "\0" not in text:
            return text
        text = self._half + text
        self._half = text[-1] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return clean(text[:-1] if self._half else text)

    def end(self) -> str:
        rest, self._half = clean(self._half), ""
        return rest


def clean_json(value: object, depth: int = 20) -> Any:
    """JSON that every database can store: its texts cleaned, and null for numbers that are none.

    Python reads NaN and Infinity, JSON columns refuse them. What is nested deeper than `depth` is left out.
    """
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if not isinstance(value, dict | list):
        return value
    if not depth:
        return None
    if isinstance(value, list):
        return [clean_json(inner, depth - 1) for inner in value]
    return {clean(name): clean_json(inner, depth - 1) for name, inner in value.items()}
