"""Definitions act at a distance: which labels a piece of text mentions, and which it may define.

`[label]: url` and `[^label]: note` change how `[label]` is rendered anywhere else. Labels are compared by the
part after their last bracket, folded: too many may look alike, never too few.
"""

import re
from collections.abc import Iterable

from markdown_it.token import Token
from markdown_it.utils import EnvType

ANY = "]"  # no label can be this: stands for "some label that cannot be told"

_AFTER_BRACKET = re.compile(r"[\[\]]")
_CONTAINER = " \t>*+-.)0123456789"  # what may stand before a definition: the marks of quotes and list items


def _folded(label: str) -> str:
    return re.sub(r"\s+", " ", label.strip()).lower().upper()


def mentioned(tokens: Iterable[Token]) -> frozenset[str]:
    """Labels that the text of these blocks would use, were they defined."""
    texts = (token.content for token in tokens if token.type == "inline" and "[" in token.content)
    return frozenset(_folded(label) for text in texts for label in _ending(text, "]"))


def defined(env: EnvType) -> frozenset[str]:
    """Labels that a parsed text does define."""
    labels = [
        *env.get("references", {}),
        *(f"^{ref[1:]}" for ref in env.get("footnotes", {}).get("refs", {})),
    ]
    return frozenset(_folded(_AFTER_BRACKET.split(label)[-1]) for label in labels)


def perhaps_defined(line: str) -> frozenset[str]:
    """Labels that this line, complete or not, may define; `{ANY}` if that cannot be told from it."""
    before, found, _ = line.partition("]:")
    if not found:
        return frozenset()
    if "[" not in before or "\\" in before:
        return frozenset({ANY})
    if not line.lstrip(_CONTAINER).startswith("["):
        return frozenset()
    return frozenset(_folded(label) for label in _ending(line, "]:"))


def _ending(text: str, mark: str) -> Iterable[str]:
    """What stands before each mark, from the last bracket on."""
    *labels, _ = text.split(mark)
    return (_AFTER_BRACKET.split(label)[-1] for label in labels)
