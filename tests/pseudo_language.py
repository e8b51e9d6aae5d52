"""A language in which every word that has a translation stands in brackets: what has none shows itself."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.utils import translation
from django.utils.translation import trans_real

OPEN, CLOSE = "⟦", "⟧"
# What a browser shows or reads out of an element, besides the text inside it.
_SAID = {"title", "aria-label", "aria-description", "aria-roledescription", "placeholder", "alt", "label"}
_BUTTONS = {"submit", "button", "reset"}
_UNSEEN = {"script", "style", "template", "code", "pre", "math"}
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_WORD = re.compile(r"[^\W\d_]{2,}")
# `data-…` holds ids and switches, and sentences for scripts.
_SENTENCE = re.compile(r"[A-Z][a-z]*( [a-z]|…)")
# Contexts stand before their words in a catalogue, with this sign between.
_CONTEXT = "\x04"


@contextmanager
def brackets() -> Iterator[None]:
    """Whatever is in the German catalogues, ours, Django's and allauth's, is bracketed, not translated."""
    real: Any = translation
    before = {name: getattr(real._trans, name) for name in _functions(set())}
    for name, function in _functions(_known()).items():
        setattr(real._trans, name, function)
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(real._trans, name, function)


def _known() -> set[str]:
    catalogue: Any = trans_real.translation("de")
    keys = catalogue._catalog.keys()
    return {key[0] if isinstance(key, tuple) else key for key in keys}


def _functions(known: set[str]) -> dict[str, Callable[..., str]]:
    def bracketed(words: str, key: str) -> str:
        return f"{OPEN}{words}{CLOSE}" if key in known else words

    def of_several(one: str, many: str, number: float, before: str = "") -> str:
        return bracketed(one if number == 1 else many, before + one)

    return {
        # What is kept for each language is kept for this one, too.
        "get_language": lambda: "qq",
        "gettext": lambda words: bracketed(str(words), str(words)),
        "ngettext": of_several,
        "pgettext": lambda context, words: bracketed(words, f"{context}{_CONTEXT}{words}"),
        "npgettext": lambda context, one, many, number: of_several(one, many, number, context + _CONTEXT),
    }


class _Page(HTMLParser):
    """Collects what stands outside brackets; those may begin in one element and end in another."""

    def __init__(self, unseen: Iterable[str]) -> None:
        super().__init__()
        self.found: list[str] = []
        self._depth = 0
        self._unseen = set(unseen)
        self._skipping: list[bool] = [False]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        skipped = self._skipping[-1] or tag in _UNSEEN or not self._unseen.isdisjoint(classes)
        if tag not in _VOID:
            self._skipping.append(skipped)
        if not skipped:
            self.found += [text for value in _said(tag, given) for text in bare_texts_of(value)]

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self._skipping) > 1:
            self._skipping.pop()

    def handle_data(self, data: str) -> None:
        kept = []
        for char in data:
            self._depth += (char == OPEN) - (char == CLOSE)
            kept.append(" " if self._depth or char == CLOSE else char)
        text = " ".join("".join(kept).split())
        if not self._skipping[-1] and _WORD.search(text):
            self.found.append(text)


def _said(tag: str, given: dict[str, str]) -> Iterator[str]:
    for name, value in given.items():
        is_button = tag == "input" and name == "value" and given.get("type") in _BUTTONS
        for_scripts = name.startswith("data-") and _SENTENCE.match(value)
        if name in _SAID or is_button or for_scripts:
            yield value


def bare_texts_of(text: str) -> list[str]:
    """Of an attribute: what stands outside brackets, if there are words in it."""
    page = _Page(())
    page.handle_data(text)
    return page.found


def bare_texts(html: str, unseen: Iterable[str] = ()) -> list[str]:
    """Texts and attributes with words outside brackets; `unseen`: classes of elements to pass over."""
    page = _Page(unseen)
    page.feed(html)
    page.close()
    return page.found
