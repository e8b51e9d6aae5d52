"""Looks for words: tier by tier, the newest passages first, until a page is full.

A word that stands in every second message matches hundreds of thousands of passages. They are never ranked:
the index hands them over in the order in which they are shown, and looking stops with the page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User

from conversations.models.passage import Passage
from conversations.search.database import full_text
from conversations.search.entries import FIRST, LAST, Match, Wanted
from conversations.search.narrowing import narrowed, these
from conversations.search.query import Query
from conversations.search.results import Place
from conversations.search.upkeep import passage_id

TIERS = (Passage.Tier.TITLE, Passage.Tier.QUESTION, Passage.Tier.ANSWER)
# Matches that are looked at for one page, where the filters want only few of them.
MOST = 2_000
# Matches that are asked for at once.
STEP = 50

_ROLES = {"user": Passage.Tier.QUESTION, "assistant": Passage.Tier.ANSWER}


@dataclass(slots=True)
class Found:
    """`shown` has the row of each match's conversation; `place` is where to go on, None at the end."""

    matches: list[Match] = field(default_factory=list)
    shown: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    place: Place | None = None
    gave_up: bool = False


def look(user: User, query: Query, place: Place, length: int) -> Found:
    """A page of the best matches, one of each conversation, from `place` on."""
    found = Found()
    for looked, match in enumerate(_matches(user, query, place)):
        if match.row is not None and len(found.matches) < length:
            found.matches.append(match.match)
            found.shown[match.match.conversation_id] = match.row
        elif match.row is not None or looked >= MOST:
            # One behind the page: the next one begins with it.
            found.gave_up = match.row is None
            found.place = Place(match.tier, match.match.id + 1, place.widened)
            break
    return found


@dataclass(frozen=True, slots=True)
class _Looked:
    """`row` is None where another passage of the conversation is better, or a filter says no."""

    match: Match
    tier: int
    row: dict[str, Any] | None


def _matches(user: User, query: Query, place: Place) -> Iterator[_Looked]:
    tiers = [tier for tier in _tiers(query) if TIERS.index(tier) >= place.tier]
    # A page begins in the tier in which the one before it ended.
    below = place.below if tiers and TIERS.index(tiers[0]) == place.tier else LAST
    while tiers:
        wanted = _wanted(user, query, tiers, below)
        matches = full_text().find(wanted, STEP)
        rows = _rows(user, query, matches)
        numbers = [TIERS.index(Passage.Tier(match.tier)) for match in matches]
        yield from (
            _Looked(match, number, rows.get(match.id)) for match, number in zip(matches, numbers, strict=True)
        )
        if not matches or numbers.count(numbers[-1]) < STEP:
            return
        tiers, below = tiers[tiers.index(TIERS[numbers[-1]]) :], matches[-1].id


def _tiers(query: Query) -> list[Passage.Tier]:
    """Those in which what is wanted can stand."""
    return [tier for tier in TIERS if not query.roles or tier in {_ROLES[role] for role in query.roles}]


def _rows(user: User, query: Query, matches: list[Match]) -> dict[int, dict[str, Any]]:
    """Passage id → conversation, for the matches that are to be shown."""
    best = _best(user, query, matches)
    kept = [match for match in matches if best.get(match.conversation_id, match.id) == match.id]
    ids = {match.conversation_id for match in kept}
    if not ids:
        return {}
    names = ("id", "title", "updated_at")
    rows = {row["id"]: row for row in narrowed(these(user, ids), query).values(*names)}
    return {m.id: rows[m.conversation_id] for m in kept if m.conversation_id in rows}


def _best(user: User, query: Query, matches: list[Match]) -> dict[UUID, int]:
    """Conversation → its best passage: of the highest tier, the newest. A title is always the best."""
    asked = {match.conversation_id for match in matches if match.tier != Passage.Tier.TITLE}
    if not asked:
        return {}
    # Everywhere, not only behind the place where this page begins.
    everywhere = _wanted(user, query, _tiers(query), LAST)
    best: dict[UUID, tuple[int, int]] = {}
    for match in full_text().among(everywhere, asked):
        rank = (TIERS.index(Passage.Tier(match.tier)), -match.id)
        best[match.conversation_id] = min(rank, best.get(match.conversation_id, rank))
    return {conversation: -rank[1] for conversation, rank in best.items()}


def _wanted(user: User, query: Query, tiers: Sequence[str], begin: int) -> Wanted:
    first, below = _id(query.after, FIRST), _id(query.before, LAST)
    return Wanted(user.pk, tiers, query.terms, first, below, begin)


def _id(moment: datetime | None, otherwise: int) -> int:
    return passage_id(moment) if moment else otherwise
