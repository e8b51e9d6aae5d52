"""Two texts beside each other: which words only one of them has. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
# Words of a changed passage; a longer one is shown as changed whole, for the search takes their square.
MOST_WORDS = 4_000
# Lines; beyond it two texts are only said to differ.
MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `own`: the other one does not have it here."""

    text: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """`alike`: how much of both texts is the same, from 0 to 1."""

    first: list[Piece]
    second: list[Piece]
    alike: float


def compare(first: str, second: str) -> Comparison:
    """Line by line, and word by word in the lines that differ."""
    ours: list[Piece] = []
    theirs: list[Piece] = []
    for left, right in _passages(first, second):
        if left == right:
            ours.append(Piece(left))
            theirs.append(Piece(right))
        else:
            _words(left, right, ours, theirs)
    same = sum(len(piece.text) for piece in ours if not piece.own)
    whole = len(first) + len(second)
    return Comparison(_joined(ours), _joined(theirs), 2 * same / whole if whole else 1.0)


def _passages(first: str, second: str) -> Iterator[tuple[str, str]]:
    """Pairs of passages that follow one another: equal ones, and those that differ."""
    if first == second:
        yield first, second
        return
    left, right = first.splitlines(keepends=True), second.splitlines(keepends=True)
    if max(len(left), len(right)) > MOST_LINES:
        yield first, second
        return
    for _tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right).get_opcodes():
        yield "".join(left[i1:i2]), "".join(right[j1:j2])


def _words(left: str, right: str, ours: list[Piece], theirs: list[Piece]) -> None:
    before, after = _WORDS.findall(left), _WORDS.findall(right)
    if not before or not after or max(len(before), len(after)) > MOST_WORDS:
        ours.append(Piece(left, own=True))
        theirs.append(Piece(right, own=True))
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        own = tag != "equal"
        ours.append(Piece("".join(before[i1:i2]), own))
        theirs.append(Piece("".join(after[j1:j2]), own))


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """The same with neighbours of one kind made one, and without empty ones."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].own == piece.own:
            joined[-1] = Piece(joined[-1].text + piece.text, piece.own)
        elif piece.text:
            joined.append(piece)
    return joined
