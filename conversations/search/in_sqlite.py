"""The index in SQLite: an FTS5 table beside the passages, with the same ids.

A row's words are handed over ready: FTS5 only cuts at the spaces. Beginnings of two to four letters have
lists of their own, for those match much and are typed by everybody on the way to a longer word.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from conversations.search.entries import Entry, Match, Wanted
from conversations.search.query import Term
from conversations.search.tokens import OWNER, stamped

_PREFIXES = " ".join(str(OWNER + 1 + letters) for letters in (2, 3, 4))
CREATE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS conversations_words "
    f"USING fts5(words, tokenize='ascii', prefix='{_PREFIXES}', columnsize=0)",
    # A passage that goes takes its words with it, whatever deletes it.
    "CREATE TRIGGER IF NOT EXISTS conversations_words_go AFTER DELETE ON conversations_passage BEGIN "
    "DELETE FROM conversations_words WHERE rowid = OLD.id; END",
)
DROP = ("DROP TRIGGER IF EXISTS conversations_words_go", "DROP TABLE IF EXISTS conversations_words")

_FIND = """
    SELECT p.id, p.conversation_id, p.message_id, p.tier
    FROM conversations_words w CROSS JOIN conversations_passage p ON p.id = w.rowid
    WHERE w.conversations_words MATCH %s AND w.rowid >= %s AND w.rowid < %s AND p.owner_id = %s
    ORDER BY w.rowid DESC LIMIT %s
"""
_AMONG = """
    SELECT p.id, p.conversation_id, p.message_id, p.tier, w.words
    FROM conversations_passage p CROSS JOIN conversations_words w ON w.rowid = p.id
    WHERE p.conversation_id IN ({ids}) AND p.id + 0 >= %s AND p.id + 0 < %s
        AND +p.owner_id = %s AND +p.tier IN ({tiers})
"""


def write(entries: Sequence[Entry]) -> None:
    passages = [
        (entry.id, entry.owner_id, entry.conversation_id.hex, _hex(entry.message_id), entry.tier)
        for entry in entries
    ]
    words = [(entry.id, " ".join(stamped(entry.owner_id, entry.tier, entry.words))) for entry in entries]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO conversations_passage (id, owner_id, conversation_id, message_id, tier) "
            "VALUES (%s, %s, %s, %s, %s)",
            passages,
        )
        cursor.executemany("INSERT INTO conversations_words (rowid, words) VALUES (%s, %s)", words)


def find(wanted: Wanted, limit: int) -> list[Match]:
    """Tier by tier the newest matches, `limit` of each, up to the first tier that has so many.

    FTS5 walks backwards and stops when it has enough.
    """
    found: list[Match] = []
    with connection.cursor() as cursor:
        for tier, below in wanted.places:
            expression = " AND ".join(_phrase(wanted, tier, term) for term in wanted.terms)
            cursor.execute(_FIND, [expression, wanted.first, below, wanted.owner_id, limit])
            matches = [_match(row) for row in cursor.fetchall()]
            found += matches
            if len(matches) == limit:
                break
    return found


def among(wanted: Wanted, conversations: Collection[UUID]) -> list[Match]:
    """All matches in these few conversations, compared word by word."""
    ids, tiers = ", ".join(["%s"] * len(conversations)), ", ".join(["%s"] * len(wanted.tiers))
    values: list[Any] = [*(each.hex for each in conversations), wanted.first, wanted.below, wanted.owner_id]
    with connection.cursor() as cursor:
        cursor.execute(_AMONG.format(ids=ids, tiers=tiers), [*values, *wanted.tiers])
        rows = cursor.fetchall()
    cut = OWNER + 1
    return [_match(row) for row in rows if _holds([word[cut:] for word in row[4].split(" ")], wanted.terms)]


def _holds(words: list[str], terms: Sequence[Term]) -> bool:
    return all(term.stands_in(words) for term in terms)


def _phrase(wanted: Wanted, tier: str, term: Term) -> str:
    words = " ".join(stamped(wanted.owner_id, tier, term.words))
    return f'"{words}"{"*" if term.prefix else ""}'


def _match(row: tuple[int, str, str | None, str]) -> Match:
    return Match(row[0], UUID(row[1]), UUID(row[2]) if row[2] else None, row[3])


def _hex(message_id: UUID | None) -> str | None:
    return message_id.hex if message_id else None
