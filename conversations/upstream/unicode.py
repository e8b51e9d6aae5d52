"""Text from JSON → text that every database, socket and page can carry: no NUL, no halves of surrogate pairs.

JSON may spell U+1F600 as two escapes, and servers cut between them; a database then refuses the lone half.
"""

import re

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
