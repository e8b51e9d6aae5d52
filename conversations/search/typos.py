"""“Did you mean …?”: words of one's own titles that are nearly what was looked for.

PostgreSQL's pg_trgm finds them through an index. Where it is not installed and may not be, and on SQLite,
nothing is offered.
"""

import logging
import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction

from conversations.search.words import words_of

logger = logging.getLogger(__name__)

# Letters of a word that can have a typo in it; shorter ones are like everything.
SHORTEST = 4
# Words of a search that are looked at.
MOST = 4
# Of three letters each, in common; and, of the words that this finds, how alike one must be.
_ALIKE, _NEARLY = 0.35, 0.7

_CANDIDATES = """
    SELECT title FROM conversations_conversation
    WHERE owner_id = %(owner)s AND trashed_at IS NULL AND %(word)s <%% title
    ORDER BY word_similarity(%(word)s, title) DESC LIMIT 20
"""
_INDEX = (
    "CREATE INDEX IF NOT EXISTS conversations_titles_alike "
    "ON conversations_conversation USING gin (title gin_trgm_ops)"
)
_INSTALLED = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')"
# A word by itself: not in quotes, no operator, no beginning of one.
_WORD = re.compile(r'(?<![\S"])[^\W_]+(?![\S"])')


def ensure(sender: Any, **_: Any) -> None:
    """After every migration: whoever is allowed to install the extension later has only to migrate again."""
    if connection.vendor != "postgresql":
        return
    for statement in ("CREATE EXTENSION IF NOT EXISTS pg_trgm", _INDEX):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except DatabaseError as error:
            logger.info("Searches have no help with typos: pg_trgm is missing (%s)", type(error).__name__)
            return


def meant(user: User, q: str, finds: Callable[[str], bool]) -> str:
    """The search that was probably meant, "" if there is none; `finds`: whether a search finds something."""
    if connection.vendor != "postgresql" or q.count('"'):
        return ""
    words = [word for word in _WORD.findall(q) if len(word) >= SHORTEST][:MOST]
    if not words or not _is_installed():
        return ""
    better = {word: near for word in words if not finds(word) and (near := _near(user, word))}
    said = _WORD.sub(lambda word: better.get(word[0], word[0]), q)
    return said if better and finds(said) else ""


def _near(user: User, word: str) -> str:
    [folded, *more] = words_of(word) or [""]
    if not folded or more:
        return ""
    return nearest(folded, _titles(user, word))


def nearest(word: str, titles: Iterable[str]) -> str:
    """The word of these titles that is most like `word`, "" if none is."""
    found = {each for title in titles for each in words_of(title)}
    alike = [(SequenceMatcher(None, word, each).ratio(), each) for each in found]
    ratio, best = max(alike, default=(0.0, ""))
    return best if ratio >= _NEARLY else ""


def _titles(user: User, word: str) -> list[str]:
    with transaction.atomic(), connection.cursor() as cursor:
        # For this transaction; more than that is asked for by default.
        cursor.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {_ALIKE}")
        cursor.execute(_CANDIDATES, {"owner": user.pk, "word": word})
        return [title for (title,) in cursor.fetchall()]


def _is_installed() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_INSTALLED)
        return bool(cursor.fetchone()[0])
