"""The index in PostgreSQL: a tsvector beside each passage, under GIN.

GIN knows which passages have a word, but not which of them are new: a word that stands in every second text
would bring all of them. So the newest passages are looked through first, and only for a word that is rare
among them the index is asked.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import chain, repeat
from typing import Any
from uuid import UUID

from django.db import connection

from conversations.search.entries import Entry, Match, Wanted
from conversations.search.query import Term
from conversations.search.tokens import stamped

# Passages that are looked through one by one.
WINDOW = 1_000
# A tsvector has at most a megabyte; words of a longer text are left out from its end.
MOST_BYTES = 900_000
# So many words fit whatever they are: none has more than fifty characters of four bytes.
ALWAYS_FIT = MOST_BYTES // 250
# The highest position that it can hold.
MOST_POSITION = 16_383

CREATE = (
    "ALTER TABLE conversations_passage ADD COLUMN IF NOT EXISTS words tsvector",
    # A short list of what is not sorted in yet: each search has to read all of it.
    "CREATE INDEX IF NOT EXISTS conversations_passage_words ON conversations_passage USING gin (words) "
    "WITH (gin_pending_list_limit = 256)",
)
DROP = (
    "DROP INDEX IF EXISTS conversations_passage_words",
    "ALTER TABLE conversations_passage DROP COLUMN IF EXISTS words",
)

_COLUMNS = "id, conversation_id, message_id, tier"
_NEWEST = f"""
    SELECT {_COLUMNS} FROM (
        SELECT {_COLUMNS}, words FROM conversations_passage
        WHERE owner_id = %(owner)s AND tier = %(tier)s AND id >= %(first)s AND id < %(below)s
        ORDER BY id DESC LIMIT {WINDOW}
    ) newest WHERE words @@ %(query)s::tsquery ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 (only this module's own names)
# Fenced off: a plan that walks back through all passages would be taken for a phrase of common words.
_ALL = f"""
    WITH found AS MATERIALIZED (
        SELECT {_COLUMNS}, owner_id FROM conversations_passage
        WHERE words @@ %(query)s::tsquery AND id + 0 >= %(first)s AND id + 0 < %(below)s
    ) SELECT {_COLUMNS} FROM found WHERE owner_id = %(owner)s AND tier = %(tier)s
    ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608 (only this module's own names)
_AMONG = f"""
    SELECT {_COLUMNS} FROM conversations_passage
    WHERE owner_id = %(owner)s AND conversation_id = ANY(%(ids)s) AND words @@ %(query)s::tsquery
"""  # noqa: S608 (only this module's own names)


def write(entries: Sequence[Entry]) -> None:
    rows = [
        (
            entry.id,
            entry.owner_id,
            entry.conversation_id,
            entry.message_id,
            entry.tier,
            vector_of(entry),
        )
        for entry in entries
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO conversations_passage (id, owner_id, conversation_id, message_id, tier, words) "
            "VALUES (%s, %s, %s, %s, %s, %s::tsvector)",
            rows,
        )


def find(wanted: Wanted, limit: int) -> list[Match]:
    """The newest matches first."""
    values = _values(wanted, limit)
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, values)
        newest = cursor.fetchall()
        if len(newest) >= limit:
            return [Match(*row) for row in newest]
        cursor.execute(_ALL, values)
        return [Match(*row) for row in cursor.fetchall()]


def among(wanted: Wanted, tiers: Sequence[str], conversations: Collection[UUID]) -> list[Match]:
    """All matches in these few conversations, in whatever tier: each tier's words are stamped as its own."""
    queries = [_query(replace(wanted, tier=tier)) for tier in tiers]
    query = " | ".join(f"({each})" for each in queries)
    with connection.cursor() as cursor:
        cursor.execute(_AMONG, {"owner": wanted.owner_id, "ids": list(conversations), "query": query})
        return [Match(*row) for row in cursor.fetchall()]


def _values(wanted: Wanted, limit: int) -> dict[str, Any]:
    bounds = {"first": wanted.first, "below": wanted.below, "limit": limit}
    return {"owner": wanted.owner_id, "tier": wanted.tier, "query": _query(wanted), **bounds}


def _query(wanted: Wanted) -> str:
    return " & ".join(_phrase(wanted, term) for term in wanted.terms)


def _phrase(wanted: Wanted, term: Term) -> str:
    *first, last = [f"'{word}'" for word in stamped(wanted.owner_id, wanted.tier, term.words)]
    return "(" + " <-> ".join([*first, last + (":*" if term.prefix else "")]) + ")"


def vector_of(entry: Entry) -> str:
    """Its words as PostgreSQL writes a tsvector; they are letters and digits only."""
    words = _fitting(stamped(entry.owner_id, entry.tier, entry.words))
    places: dict[str, list[int]] = {}
    for word, place in zip(words, chain(range(1, MOST_POSITION), repeat(MOST_POSITION)), strict=False):
        places.setdefault(word, []).append(place)
    return " ".join(f"'{word}':{','.join(map(str, at[:255]))}" for word, at in places.items())


def _fitting(words: list[str]) -> list[str]:
    """As many as a tsvector takes; only a long text is counted."""
    if len(words) <= ALWAYS_FIT:
        return words
    size, known = 0, set[str]()
    for number, word in enumerate(words):
        size += 4 if word in known else len(word.encode()) + 12
        if size > MOST_BYTES:
            return words[:number]
        known.add(word)
    return words
