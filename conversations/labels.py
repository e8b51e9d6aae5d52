"""The few words of ours inside a rendered answer (Copy, Wrap, Table …), in the language of the page.

Answers are rendered once, in English, for all who look at them; the words are exchanged at the rim. Each is
found by the mark before it, which holds a quote beside `<` or `>`: the sanitiser escapes these in text, and
quotes in attributes, so what a model writes can make none of them.
"""

import re
from functools import lru_cache

from django.utils.html import escape
from django.utils.translation import get_language, gettext, gettext_noop

# What stands before each word, and the word.
_LABELS = (
    (' data-copy-code="">', gettext_noop("To clipboard")),
    (' data-wrap-code="" aria-pressed="false">', gettext_noop("Wrap")),
    ('<span class="code__language">', gettext_noop("Text")),
    ('<span class="code__mark" title="', gettext_noop("hidden character")),
    ('<div class="table" role="group" aria-label="', gettext_noop("Table")),
    ('<input type="checkbox" class="task__box" disabled="" checked="" aria-label="', gettext_noop("done")),
    ('<input type="checkbox" class="task__box" disabled="" aria-label="', gettext_noop("not done")),
    ('<section class="footnotes" aria-label="', gettext_noop("Footnotes")),
    ('<a class="footnote-back" aria-label="', gettext_noop("Back to reference")),
    ('<span class="image-link__unnamed">', gettext_noop("image")),
)
_FOUND = re.compile(
    "|".join(f'(?<={re.escape(before)}){re.escape(word)}(?=[<"]| \\d)' for before, word in _LABELS)
)


def labelled(html: str) -> str:
    """The HTML of an answer with our words in the language of this thread."""
    language = get_language() or "en"
    if language.startswith("en") or '="' not in html:
        return html
    words = _words(language)
    return _FOUND.sub(lambda found: words[found[0]], html)


@lru_cache(maxsize=16)
def _words(language: str) -> dict[str, str]:
    """`language` is the one that is active."""
    return {word: escape(gettext(word)) for _, word in _LABELS}
