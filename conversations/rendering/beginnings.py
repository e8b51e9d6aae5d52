"""The characters that a match of a regular expression can begin with, read from the parsed expression.

Where that cannot be told, the answer is "any": what is named may be too much, never too little.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any

# Others than these are not told apart.
CHARACTERS = frozenset(map(chr, range(32, 127))) | {"\n", "\t"}
_CLASSES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
_NO_CHARACTER = {"AT", "ASSERT", "ASSERT_NOT"}
_REPEATED = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_NOTHING: frozenset[str] = frozenset()

Found = tuple[frozenset[str], bool]  # the characters, and whether it also matches nothing at all
Item = tuple[Any, Any]


def beginnings(pattern: re.Pattern[str]) -> frozenset[str]:
    """Those of `CHARACTERS`; all of them if it may match nothing."""
    try:
        # The library's own parser is not for others to use, so a Python may come that has none.
        parse = import_module("re._parser").parse
    except ImportError:
        return CHARACTERS
    found, empty = _of_row(parse(pattern.pattern, pattern.flags), pattern.flags)
    return CHARACTERS if empty else found


def _of_row(items: Iterable[Item], flags: int) -> Found:
    """What follows an item counts as long as all before it may be nothing."""
    found = _NOTHING
    for kind, value in items:
        more, empty = _of_item(str(kind), value, flags)
        found |= more
        if not empty:
            return found, False
    return found, True


def _of_item(kind: str, value: Any, flags: int) -> Found:
    if kind == "LITERAL":
        return _written(chr(value), flags), False
    if kind == "IN":
        return _of_set(value, flags), False
    if kind in _NO_CHARACTER:
        return _NOTHING, True
    if kind == "SUBPATTERN":
        _, added, taken, inner = value
        return _of_row(inner, (flags | added) & ~taken)
    if kind == "BRANCH":
        ways = [_of_row(way, flags) for way in value[1]]
        return _NOTHING.union(*(found for found, _ in ways)), any(empty for _, empty in ways)
    if kind in _REPEATED:
        least, _, inner = value
        found, empty = _of_row(inner, flags)
        return found, empty or least == 0
    return CHARACTERS, kind not in {"ANY", "NOT_LITERAL"}


def _of_set(items: list[Item], flags: int) -> frozenset[str]:
    negated = str(items[0][0]) == "NEGATE"
    if negated and flags & re.IGNORECASE:
        return CHARACTERS
    found = _NOTHING.union(*(_of_member(str(kind), value, flags) for kind, value in items[negated:]))
    return CHARACTERS - found if negated else found


def _of_member(kind: str, value: Any, flags: int) -> frozenset[str]:
    if kind == "LITERAL":
        return _written(chr(value), flags)
    if kind == "RANGE":
        first, last = value
        if last > 127 and flags & re.IGNORECASE:
            return CHARACTERS
        within = (_written(chr(code), flags) for code in range(first, min(last, 127) + 1))
        return _NOTHING.union(*within)
    return _of_class(str(value))


@lru_cache
def _of_class(name: str) -> frozenset[str]:
    members = _CLASSES.get(name, r"[\s\S]")
    return frozenset(character for character in CHARACTERS if re.match(members, character))


def _written(character: str, flags: int) -> frozenset[str]:
    """In capitals, too, if that makes no difference; the Kelvin sign is a k then."""
    if not flags & re.IGNORECASE:
        return frozenset(character) & CHARACTERS
    return CHARACTERS & {character.lower(), character.upper()} if character.isascii() else CHARACTERS
