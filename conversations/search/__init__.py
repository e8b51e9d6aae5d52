"""The search through what one person has asked and been answered."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.translation import gettext

from conversations.figures import whole
from conversations.models import Message
from conversations.search.browsing import browse, message_to_show
from conversations.search.excerpts import excerpt
from conversations.search.looking import MOST, Found, look
from conversations.search.query import Query, parse
from conversations.search.results import Hit, Place, Results, place_of
from conversations.search.typos import meant
from conversations.search.upkeep import catch_up_for, is_behind

__all__ = ["Hit", "Results", "search"]

PAGE = 20
# Seconds that a search may spend on the index itself, so that what was said a moment ago is found at once.
CATCH_UP = 0.2


def search(user: User, q: str, after: str | None = None, *, length: int = PAGE) -> Results:
    """The best match of each conversation of this person's: titles, then questions, then answers.

    `after` is the `older` of the page before. Whatever `q` is, there is an answer.
    """
    query = parse(q)
    if query.is_empty:
        return Results(notes=query.notes)
    behind: tuple[str, ...] = ()
    if is_behind():
        catch_up_for(CATCH_UP)
        behind = (_behind(),) if is_behind() else ()
    if not query.terms:
        return _browsed(user, query, after or "", length)
    place = place_of(after or "")
    asked = query.widened() if place.widened else query
    found = look(user, asked, place, length)
    if query.unfinished and not after and len(found.matches) < length:
        # Somebody may still be typing the last word; whole words are few enough to look again.
        asked = query.widened()
        found = look(user, asked, replace(place, widened=True), length)
    notes = (*query.notes, *behind, *((_gave_up(),) if found.gave_up else ()))
    if not found.matches and found.place is None and not after:
        return Results(notes=notes, meant=meant(user, q, lambda other: _finds(user, other)))
    return Results(_hits(asked, found), found.place.cursor if found.place else "", notes)


def _finds(user: User, q: str) -> bool:
    query = parse(q)
    return bool(query.terms) and bool(look(user, query, Place(), 1).matches)


def _gave_up() -> str:
    words = gettext("Only the newest %(most)s matches were compared with the filters; go on for older ones.")
    return words % {"most": whole(MOST)}


def _behind() -> str:
    return gettext("The index is still being made; older conversations may be missing for a while.")


def _browsed(user: User, query: Query, after: str, length: int) -> Results:
    rows, older = browse(user, query, after, length)
    chosen = message_to_show(query, [row["id"] for row in rows])
    messages = _messages(chosen.values())
    return Results(
        [_hit(query, row, messages.get(chosen.get(row["id"]))) for row in rows], older, query.notes
    )


def _hits(query: Query, found: Found) -> list[Hit]:
    chosen = {match.conversation_id: match.message_id for match in found.matches if match.message_id}
    if titles := [match.conversation_id for match in found.matches if not match.message_id]:
        chosen |= message_to_show(query, titles)
    messages = _messages(chosen.values())
    return [
        _hit(query, found.shown[match.conversation_id], messages.get(chosen.get(match.conversation_id)))
        for match in found.matches
    ]


def _messages(ids: Iterable[UUID]) -> dict[UUID | None, dict[str, Any]]:
    fields = ("id", "role", "content", "refusal", "created_at")
    return {row["id"]: row for row in Message.objects.filter(pk__in=list(ids)).values(*fields)}


def _hit(query: Query, row: dict[str, Any], message: dict[str, Any] | None) -> Hit:
    text = (message["content"] or message["refusal"]) if message else ""
    conversation_id: UUID = row["id"]
    return Hit(
        conversation_id=conversation_id,
        message_id=message["id"] if message else None,
        title=excerpt(row["title"], query.terms),
        sentence=excerpt(text, query.terms),
        role=message["role"] if message else "",
        at=message["created_at"] if message else row["updated_at"],
    )
