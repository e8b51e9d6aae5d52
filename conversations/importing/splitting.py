"""The bytes of a JSON list, in pieces → its elements, one at a time, however long the list is. Pure.

Brackets are counted before anything is decoded: depth and size are bounded without building what exceeds
them.
(ijson, which builds a path for each level, needs gigabytes for 100,000 opening brackets.)
"""

import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from conversations.sentences import gettext_noop

DEEPEST = 100
LARGEST = 32 * 1024 * 1024  # bytes of one conversation

# All up to the next bracket that is not part of a string, and that bracket. Nothing is looked at twice.
_TO_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+[\[\]{}]', re.DOTALL)
_BETWEEN = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*")
# A part of a list that is no thing with brackets.
_PLAIN = re.compile(
    rb'(?:true|false|null|-?[0-9][0-9.eE+-]*+|"[^"\\]*+(?:\\.[^"\\]*+)*+")[ \t\r\n]*+', re.DOTALL
)
_SPACE = b" \t\r\n"
_OPENING = b"[{"


class Unreadable(Exception):
    """The file as a whole cannot be read; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Element:
    """`raw` is one element's JSON; where it is empty, `problem` says why it cannot be looked at."""

    raw: bytes
    problem: str = ""


def elements(pieces: Iterable[bytes]) -> Iterator[Element]:
    """The elements of a list; a single object is a list of one. Raises Unreadable."""
    splitter = _Splitter()
    for piece in pieces:
        yield from splitter.feed(piece)
    yield from splitter.end()


class _Splitter:
    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0  # up to where the buffer has been looked at
        self._depth = self._deepest = 0
        self._base = -1  # 1 in a list, 0 for a single object, -1 before the first bracket
        self._too_large = False
        self._number = 0
        self._ended = False

    def feed(self, piece: bytes) -> Iterator[Element]:
        self._buffer += piece
        if self._base < 0 and not self._begin():
            return
        while token := _TO_BRACKET.match(self._buffer, self._at):
            self._at = token.end()
            yield from self._count(self._buffer[self._at - 1])
        self._let_go()

    def end(self) -> Iterator[Element]:
        if self._base < 0:
            raise Unreadable(gettext_noop("The file is empty.") if not self._buffer.strip() else _NO_LIST)
        if not self._ended:
            raise Unreadable(gettext_noop("The file breaks off before its end."))
        if self._buffer.strip(_SPACE):
            raise Unreadable(gettext_noop("Something follows behind the end of the list."))
        yield from ()

    def _begin(self) -> bool:
        if self._buffer.startswith(b"\xef\xbb\xbf"):
            del self._buffer[:3]
        head = self._buffer.lstrip(_SPACE)
        if not head or b"\xef\xbb\xbf".startswith(bytes(head[:2])):
            return False
        if head[0] not in _OPENING:
            raise Unreadable(_NO_LIST)
        self._base = 1 if head[0] == _OPENING[0] else 0
        self._buffer = head
        return True

    def _count(self, mark: int) -> Iterator[Element]:
        if self._ended:
            raise Unreadable(gettext_noop("Something follows behind the end of the list."))
        if mark in _OPENING:
            self._depth += 1
            self._deepest = max(self._deepest, self._depth)
            if self._depth == self._base == 1:
                self._drop(self._at)
            return
        self._depth -= 1
        if self._depth == self._base:
            yield from self._element()
        elif self._depth < self._base:
            yield from self._end_list()

    def _end_list(self) -> Iterator[Element]:
        rest = yield from self._plain_ones(bytes(self._buffer[: self._at]), is_end=True)
        if rest != b"]":
            raise Unreadable(_NOT_THAT)
        self._ended = True
        self._drop(self._at)

    def _element(self) -> Iterator[Element]:
        raw = bytes(self._buffer[: self._at])
        self._drop(self._at)
        self._ended = self._base == 0
        too_large, deepest = self._too_large, self._deepest
        self._too_large, self._deepest = False, self._depth
        if not too_large:
            raw = yield from self._plain_ones(raw)
        self._number += 1
        if too_large or len(raw) > LARGEST:
            yield Element(b"", _TOO_LARGE.format(size=LARGEST // 2**20))
        elif deepest > DEEPEST:
            yield Element(b"", _TOO_DEEP.format(levels=DEEPEST))
        elif raw[0] not in _OPENING:
            raise Unreadable(_NOT_THAT)
        else:
            yield Element(raw)

    def _plain_ones(self, raw: bytes, *, is_end: bool = False) -> Generator[Element, None, bytes]:
        """Numbers, words and the like, each behind its comma; returns what follows, behind its own."""
        at = len(raw) - len(raw.lstrip(_SPACE))
        while True:
            if self._number:
                if is_end and raw[at : at + 2] == b"]":
                    return b"]"
                comma = _BETWEEN.match(raw, at)
                if comma is None:
                    raise Unreadable(_NO_COMMA.format(number=self._number))
                at = comma.end()
            word = _PLAIN.match(raw, at)
            if word is None:
                # At the end behind a comma: something had to come.
                return b"" if is_end and self._number else raw[at:]
            yield Element(word[0].rstrip(_SPACE))
            at = word.end()
            self._number += 1

    def _drop(self, upto: int) -> None:
        del self._buffer[:upto]
        self._at = 0

    def _let_go(self) -> None:
        """Of an element that is too large nothing is kept but the count of its brackets."""
        if len(self._buffer) > LARGEST:
            self._too_large = True
            self._drop(self._at)
        if len(self._buffer) > LARGEST:
            raise Unreadable(gettext_noop("It holds a text that is longer than a conversation may be."))


_NO_COMMA = gettext_noop("There is no comma behind number {number} of the list.")
_TOO_LARGE = gettext_noop("It is larger than {size} MB.")
_TOO_DEEP = gettext_noop("It is nested more than {levels} levels deep.")
_NOT_THAT = gettext_noop("The list holds something that is not a conversation, or a comma too many.")
_NO_LIST = gettext_noop("The file is not a list of conversations in JSON.")
