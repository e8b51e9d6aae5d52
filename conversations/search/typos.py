"""“Did you mean …?”: words of one's own titles and questions that are nearly what was looked for.

The newest ones are read and compared; else PostgreSQL's pg_trgm looks among all titles, where it is installed
or may be.
"""

import logging
import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Left

from conversations.models import Conversation, Message, Passage
from conversations.search.words import words_of

logger = logging.getLogger(__name__)

# Letters of a word that can have a typo in it; shorter ones are like everything.
SHORTEST = 4
# Words of a search that are looked at.
MOST = 4
# Titles, and questions, that are read, and characters of each: a few milliseconds, for whoever found nothing.
_NEWEST, _READ = 300, 300
# Letters that a word may be longer or shorter than the one that was meant.
_OFF = 2
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
    if q.count('"'):
        return ""
    words = [word for word in _WORD.findall(q) if len(word) >= SHORTEST][:MOST]
    unknown = [word for word in words if not finds(word)]
    if not unknown:
        return ""
    known = _words_of_newest(user)
    better = {word: near for word in unknown if (near := _near(user, word, known))}
    said = _WORD.sub(lambda word: better.get(word[0], word[0]), q)
    return said if better and finds(said) else ""


def _near(user: User, word: str, known: set[str]) -> str:
    [folded, *more] = words_of(word) or [""]
    if not folded or more:
        return ""
    if (near := nearest(folded, known)) or not _is_installed():
        return near
    return nearest(folded, {each for title in _titles(user, word) for each in words_of(title)})


def nearest(word: str, words: Iterable[str]) -> str:
    """The one of these words that is most like `word`, "" if none is."""
    best, ratio = "", _NEARLY
    # It remembers the second one.
    alike = SequenceMatcher(b=word)
    for each in sorted(words):
        if abs(len(each) - len(word)) > _OFF:
            continue
        alike.set_seq1(each)
        if alike.real_quick_ratio() >= ratio and alike.quick_ratio() >= ratio and alike.ratio() >= ratio:
            best, ratio = each, alike.ratio()
    return best


def _words_of_newest(user: User) -> set[str]:
    """Of the titles and the questions of what is not in the trash."""
    titles = Conversation.objects.of(user).order_by("-updated_at").values_list("title", flat=True)
    passages = Passage.objects.filter(owner=user, tier=Passage.Tier.QUESTION).order_by("-id")
    asked = list(passages.values_list("message_id", flat=True)[:_NEWEST])
    kept = Message.objects.filter(pk__in=asked, conversation__trashed_at=None)
    questions = kept.values_list(Left("content", _READ), flat=True)
    return {word for text in (*titles[:_NEWEST], *questions) for word in words_of(text[:_READ])}


def _titles(user: User, word: str) -> list[str]:
    with transaction.atomic(), connection.cursor() as cursor:
        # For this transaction; more than that is asked for by default.
        cursor.execute(f"SET LOCAL pg_trgm.word_similarity_threshold = {_ALIKE}")
        cursor.execute(_CANDIDATES, {"owner": user.pk, "word": word})
        return [title for (title,) in cursor.fetchall()]


def _is_installed() -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(_INSTALLED)
        return bool(cursor.fetchone()[0])
