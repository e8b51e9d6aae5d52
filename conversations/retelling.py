"""Sentences for failures, stored in English, in the language of whoever reads them.

Rows, exports and the ledger keep what was said when it happened. To show it, the sentences of ours are found
in it again and translated; what a server said in its own words stays as it is.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.utils.translation import get_language, gettext

from conversations.figures import exact
from conversations.sentences import SENTENCES, gettext_noop

_PLACE = re.compile(r"\{(\w+)\}")
# What can stand in a place. Everything else is short, and never goes over the end of a sentence of ours.
_VALUES = {"words": r".*", "host": r"(?:the proxy )?\S+", "status": r"\d+", "seconds": r"[\d.]+"}
_NUMBERS = {"seconds", "size", "tokens"}
_PROXY = gettext_noop("the proxy {proxy}")
_THE_PROXY = _PROXY.format(proxy="")


def retold(said: str) -> str:
    """What was stored of a failure, for the reader; in English, and where it is not ours, as it is."""
    if not said or (get_language() or "en").startswith("en"):
        return said
    whole = gettext(said)
    return whole if whole != said else " ".join(_sentences(said))


def _sentences(said: str) -> Iterator[str]:
    while said:
        sentence, values, rest = _first(said)
        if not sentence:
            yield said
            return
        yield gettext(sentence).format(**{name: _value(name, value) for name, value in values.items()})
        said = rest


def _first(said: str) -> tuple[str, dict[str, str], str]:
    """The sentence of ours that this begins with, what was put into it, and what follows; "" for none."""
    for sentence, pattern in _patterns(len(SENTENCES)):
        if found := pattern.match(said):
            return sentence, found.groupdict(), said[found.end() :].lstrip()
    return "", {}, said


def _value(name: str, value: str) -> str:
    if name == "host" and value.startswith(_THE_PROXY):
        return gettext(_PROXY).format(proxy=value.removeprefix(_THE_PROXY))
    if name in _NUMBERS:
        return _number(value)
    return gettext(value) if name == "words" and value in SENTENCES else value


def _number(value: str) -> str:
    """As the reader's language writes it; it was put in as English does."""
    try:
        return exact(Decimal(value.replace(",", "")))
    except InvalidOperation:
        return value


@lru_cache(maxsize=1)
def _patterns(known: int) -> list[tuple[str, re.Pattern[str]]]:
    """The longest sentences first: one may begin with another. `known` makes the list anew when it grows."""
    longest_first = sorted((each for each in SENTENCES if each[-1] in ".?}"), key=len, reverse=True)
    return [(sentence, _pattern(sentence)) for sentence in longest_first if sentence != _PROXY]


def _pattern(sentence: str) -> re.Pattern[str]:
    # Texts and names by turns.
    parts = _PLACE.split(sentence)
    texts = [re.escape(text) for text in parts[::2]]
    places = [f"(?P<{name}>{_VALUES.get(name, '.{1,200}?')})" for name in parts[1::2]]
    pattern = "".join(f"{text}{place}" for text, place in zip(texts, [*places, ""], strict=True))
    return re.compile(rf"{pattern}(?=\s|$)", re.DOTALL)
