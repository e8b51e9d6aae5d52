"""Text → the words under which it is found: without case and accents, East Asian text in pairs of characters.

Both databases index what comes out of here, so they find the same.
"""

import re
import unicodedata

# Characters of a text that are indexed; of a longer one the beginning is found.
MOST = 200_000
# Characters of a word that count.
LONGEST = 40

# Written without spaces between words: Han, kana, Hangul, Thai, Lao, Khmer, Burmese.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUNS = re.compile(f"(?P<unspaced>[{_UNSPACED}]+)|[^\\W_{_UNSPACED}]+")
_ASCII_RUNS = re.compile("[a-z0-9]+")
# Accents and vowel points that people leave out when they search.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u200b-\u200f\ufe00-\ufe0f]")


def fold(text: str) -> str:
    """Without case, accents and compatibility forms: `Ä` and `a` are one, so are full-width letters."""
    if text.isascii():
        return text.lower()
    # Twice: folding case takes some characters apart, and taking apart brings some capitals.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _MARKS.sub("", plain))


def words_of(text: str) -> list[str]:
    """The words of a text in their order, as they are indexed."""
    folded = fold(text[:MOST])
    if folded.isascii():
        return [word[:LONGEST] for word in _ASCII_RUNS.findall(folded)]
    return [word for run in _RUNS.finditer(folded) for word in _cut(run)]


def sought(text: str) -> tuple[list[str], bool]:
    """The words that stand next to each other where `text` stands; True: the last one may go on."""
    runs = list(_RUNS.finditer(fold(text)))
    if not runs:
        return [], False
    words = [word for run in runs[:-1] for word in _cut(run)]
    last = runs[-1]
    if not last["unspaced"]:
        return [*words, last[0][:LONGEST]], False
    return [*words, *(_pairs(last[0]) or [last[0]])], len(last[0]) == 1


def _cut(run: "re.Match[str]") -> list[str]:
    """A word, or pairs and once more the last character by itself: each single one then begins some word."""
    if not run["unspaced"]:
        return [run[0][:LONGEST]]
    return [*_pairs(run[0]), run[0][-1]]


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
