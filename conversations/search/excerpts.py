"""The sentence of a text in which a search matched, cut to length, with the words that matched marked."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from conversations.search.query import Term
from conversations.search.words import LONGEST, fold

LENGTH = 220
# Characters that are looked through for the best place.
READ = 60_000

# The end of a sentence in Latin, CJK and Devanagari script, or a line's end.
_CLOSING = "[\"'\u201d\u2019)\\]]*"
_ENDS = re.compile(f"[.!?\u2026](?={_CLOSING}\\s){_CLOSING}\\s+|[\u3002\uff01\uff1f\u0964]|\n+")
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    term: int


def excerpt(text: str, terms: Sequence[Term], length: int = LENGTH) -> list[Piece]:
    """The pieces of one line; nothing is marked where only another text of the conversation matched."""
    text = text[:READ]
    found = list(_found(text, terms))
    start, end = _best_place(text, found, length)
    before, after = "…" if start and not _begins(text, start) else "", "…" if end < len(text.rstrip()) else ""
    pieces = [Piece(before)] if before else []
    at = start
    for match in found:
        if match.start < at or match.end > end:
            continue
        pieces += [Piece(text[at : match.start]), Piece(text[match.start : match.end], marked=True)]
        at = match.end
    pieces += [Piece(text[at:end]), Piece(after)]
    folded = [Piece(_one_line(piece.text), piece.marked) for piece in pieces if piece.text]
    return [piece for piece in folded if piece.text]


def _found(text: str, terms: Sequence[Term]) -> list[_Found]:
    """Where the words of the terms stand, in order, without overlaps."""
    found: list[_Found] = []
    for word in _candidates(text, terms):
        folded = fold(word[0])
        for number, term in enumerate(terms):
            if hit := _hit(word, folded, term):
                found.append(_Found(*hit, number))
                break
    return found


def _candidates(text: str, terms: Sequence[Term]) -> "Iterable[re.Match[str]]":
    """The words that are to be compared: of plain ASCII only those that begin as a wanted one does."""
    if not text.isascii():
        return _WORDS.finditer(text)
    wanted = tuple(sorted({word for term in terms for word in term.words if word.isascii()}))
    return _beginning_with(wanted).finditer(text) if wanted else ()


@lru_cache(maxsize=100)
def _beginning_with(words: tuple[str, ...]) -> "re.Pattern[str]":
    beginnings = "|".join(map(re.escape, words))
    return re.compile(f"(?<![A-Za-z0-9])(?:{beginnings})[A-Za-z0-9]*", re.ASCII | re.IGNORECASE)


def _hit(word: "re.Match[str]", folded: str, term: Term) -> tuple[int, int] | None:
    """Start and end of what a term marks in a word; in unspaced writing that is a part of a run."""
    if folded[:LONGEST] in term.words or (term.prefix and folded.startswith(term.words[-1])):
        return word.start(), word.end()
    if folded.isascii() or len(folded) != len(word[0]):
        return None
    whole = _joined(term.words)
    at = folded.find(whole) if not whole.isascii() else -1
    return (word.start() + at, word.start() + at + len(whole)) if at >= 0 else None


def _joined(pairs: Sequence[str]) -> str:
    """Pairs of characters as the run that they were cut from."""
    return pairs[0] + "".join(pair[-1] for pair in pairs[1:])


def _best_place(text: str, found: list[_Found], length: int) -> tuple[int, int]:
    """Start and end of the sentence with the most different terms, the first of several."""
    if not found:
        return _trimmed(text, 0, len(text), at=0, length=length)
    best, most = found[0], 0
    for at, match in enumerate(found):
        near = {other.term for other in found[at : at + 8] if other.end - match.start <= length}
        if len(near) > most:
            best, most = match, len(near)
    ends = [end.end() for end in _ENDS.finditer(text, max(0, best.start - length), best.start + 2 * length)]
    start = max((end for end in ends if end <= best.start), default=max(0, best.start - length // 3))
    stop = next((end for end in ends if end > best.start), len(text))
    return _trimmed(text, start, stop, at=best.start, length=length)


def _trimmed(text: str, start: int, stop: int, *, at: int, length: int) -> tuple[int, int]:
    """At most `length` characters around `at`, cut between words where there are any."""
    if at - start > length // 2:
        start = at - length // 3
        start = text.find(" ", start, at) + 1 or start
    if start == 0 and not text[:at].strip():
        start = 0
    stop = min(max(stop, min(len(text), start + length // 2)), start + length)
    if stop < len(text) and (space := text.rfind(" ", at, stop)) > at:
        stop = space
    return start, stop


def _begins(text: str, start: int) -> bool:
    """Does a sentence begin here?"""
    return not text[:start].strip() or bool(_ENDS.search(text, max(0, start - 4), start + 1))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
