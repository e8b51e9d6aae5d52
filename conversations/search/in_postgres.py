"""The index in PostgreSQL: a tsvector beside each passage, under GIN.

GIN knows which passages have a word, but not which of them are new: a word that stands in every second text
would bring all of them. So the newest passages are looked through first, and only for a word that is rare
among them the index is asked.
"""

from collections.abc import Collection, Sequence
from functools import cache
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
# Of one tier. Each part is carried out only where those before it have not brought enough. What the
# index brings is fenced off: a plan that walks back through all passages would be taken for a phrase of
# common words. Whether it is needed is asked outside of that, before processes are called to help.
_NEWEST = f"""
    newest_{{tier}} AS MATERIALIZED (SELECT {_COLUMNS} FROM (
        SELECT {_COLUMNS}, words FROM conversations_passage
        WHERE owner_id = %(owner)s AND tier = '{{tier}}' AND id >= %(first)s AND id < %(below_{{tier}})s
            AND {{needed}}
        ORDER BY id DESC LIMIT {WINDOW}
    ) passages WHERE words @@ %(query_{{tier}})s::tsquery ORDER BY id DESC LIMIT %(limit)s)
"""  # noqa: S608 (only this module's own names)
_ALL = f"""
    all_{{tier}} AS MATERIALIZED (SELECT {_COLUMNS} FROM (
        SELECT {_COLUMNS}, owner_id FROM conversations_passage
        WHERE words @@ %(query_{{tier}})s::tsquery AND id + 0 >= %(first)s AND id + 0 < %(below_{{tier}})s
        OFFSET 0
    ) passages WHERE owner_id = %(owner)s AND tier = '{{tier}}' AND {{needed}}
    ORDER BY id DESC LIMIT %(limit)s)
"""  # noqa: S608 (only this module's own names)
_LESS = "(SELECT count(*) FROM {part}_{tier}) < %(limit)s"
_AMONG = f"""
    SELECT {_COLUMNS} FROM conversations_passage
    WHERE owner_id = %s AND conversation_id = ANY(%s) AND words @@ %s::tsquery AND id >= %s AND id < %s
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
    """Tier by tier the newest matches, `limit` of each, up to the first tier that has so many."""
    values: dict[str, Any] = {"owner": wanted.owner_id, "first": wanted.first, "limit": limit}
    for tier, below in wanted.places:
        values |= {f"query_{tier}": _query(wanted, tier), f"below_{tier}": below}
    with connection.cursor() as cursor:
        cursor.execute(_looking_through(tuple(wanted.tiers)), values)
        found = {row[0]: Match(*row) for row in cursor.fetchall()}
    order = {tier: place for place, tier in enumerate(wanted.tiers)}
    return sorted(found.values(), key=lambda match: (order[match.tier], -match.id))


@cache
def _looking_through(tiers: tuple[str, ...]) -> str:
    parts, needed = [], "TRUE"
    for tier in tiers:
        parts.append(_NEWEST.format(tier=tier, needed=needed))
        needed += " AND " + _LESS.format(part="newest", tier=tier)
        parts.append(_ALL.format(tier=tier, needed=needed))
        needed += " AND " + _LESS.format(part="all", tier=tier)
    names = [f"{part}_{tier}" for tier in tiers for part in ("newest", "all")]
    found = " UNION ALL ".join(f"SELECT {_COLUMNS} FROM {name}" for name in names)  # noqa: S608 (own names)
    return f"WITH {', '.join(parts)} {found}"


def among(wanted: Wanted, conversations: Collection[UUID]) -> list[Match]:
    """All matches in these few conversations: each tier's words are stamped as its own."""
    query = " | ".join(f"({_query(wanted, tier)})" for tier in wanted.tiers)
    values: list[Any] = [wanted.owner_id, list(conversations), query, wanted.first, wanted.below]
    with connection.cursor() as cursor:
        cursor.execute(_AMONG, values)
        return [Match(*row) for row in cursor.fetchall()]


def _query(wanted: Wanted, tier: str) -> str:
    return " & ".join(_phrase(wanted, tier, term) for term in wanted.terms)


def _phrase(wanted: Wanted, tier: str, term: Term) -> str:
    *first, last = [f"'{word}'" for word in stamped(wanted.owner_id, tier, term.words)]
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
