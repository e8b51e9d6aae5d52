"""Puts into the index what has been written: soon after, in a few milliseconds at a time."""

import asyncio
import logging
import random
import time
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import QuerySet

from conversations.models import Conversation, Message
from conversations.models.message import MessageQuerySet
from conversations.models.occupied import has_rows
from conversations.models.passage import Passage, Unindexed
from conversations.models.prepared import Prepared, delete_rows
from conversations.models.status import RUNNING
from conversations.models.writing import writing
from conversations.search import single
from conversations.search.database import full_text
from conversations.search.entries import Entry
from conversations.search.words import words_of
from conversations.threads import in_background

logger = logging.getLogger(__name__)

# Texts in one transaction: others want to write meanwhile.
BATCH = 200
# Seconds between looks.
LOOK = 2.0

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIERS = {"user": Passage.Tier.QUESTION, "assistant": Passage.Tier.ANSWER}


def passage_id(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def is_behind() -> bool:
    return has_rows(Unindexed)


def catch_up(limit: int = BATCH) -> int:
    """Indexes up to `limit` texts, the newest first; how many there were. Processes may do so at once."""
    try:
        if connection.vendor == "postgresql" and (done := _single()) is not None:
            return done
        with writing():
            return _index(limit)
    except IntegrityError:
        # Another process had one of the same texts or moments: the next look finds the rest.
        return 0


async def keep_up() -> None:
    """As long as this process serves."""
    while True:
        try:
            if await in_background(catch_up) >= BATCH:
                continue
        except DatabaseError as error:
            logger.warning("The search index has to wait for the database (%s)", type(error).__name__)
        await asyncio.sleep(LOOK * random.uniform(0.8, 1.2))


def _single() -> int | None:
    """The usual case in PostgreSQL's shortest way; None where it is another."""
    noted = single.noted()
    if not noted:
        return 0
    if len(noted) > 1 or noted[0].message is None:
        return None
    entry = _entry(noted[0].message)
    if not entry.words:
        return None
    try:
        # Of its own where there is a transaction already: what fails must not take that along.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            single.write(noted[0], entry)
    except IntegrityError:
        return None
    return 1


def _index(limit: int) -> int:
    rows = _NOTED.rows() if limit == BATCH else _noted(limit)
    noted = [(row["id"], row["conversation_id"], row["message_id"]) for row in rows]
    if len(noted) == 1 and noted[0][2] is not None:
        _index_one(noted[0][0], noted[0][2])
        return 1
    titles = {conversation for _, conversation, message in noted if message is None}
    messages = {message for _, _, message in noted if message is not None}
    entries: list[Entry] = []
    # Mostly it is one message: no question that need not be asked.
    if titles:
        entries += _titles(titles)
        Passage.objects.filter(conversation__in=titles, message=None).delete()
    if messages:
        entries += _messages(messages)
        Passage.objects.filter(message__in=messages).delete()
    if entries:
        full_text().write(_apart(entries))
    if noted:
        Unindexed.objects.filter(id__in=[row_id for row_id, _, _ in noted]).delete()
    return len(noted)


def _index_one(row_id: int, message_id: UUID) -> None:
    """The usual case, one message that was saved, by queries that are built once."""
    entries = [entry for row in _ENDED.rows(message_id) if (entry := _entry(row)).words]
    delete_rows(Passage, {"message": message_id})
    if entries and _OF_MOMENT.rows(entries[0].id):
        entries = _apart(entries)
    if entries:
        full_text().write(entries)
    delete_rows(Unindexed, {"id": row_id})


def _titles(ids: Iterable[UUID]) -> list[Entry]:
    rows = Conversation.objects.filter(pk__in=ids).values_list("id", "owner_id", "title", "created_at")
    return [
        Entry(passage_id(made), owner, conversation, None, Passage.Tier.TITLE, words_of(title))
        for conversation, owner, title, made in rows
    ]


def _messages(ids: Iterable[UUID]) -> list[Entry]:
    return [_entry(row) for row in _ended(Message.objects.filter(pk__in=ids))]


def _ended(rows: MessageQuerySet) -> "QuerySet[Message, Any]":
    """Only what has ended: a running answer is found when it is whole."""
    names = ("id", "role", "content", "refusal", "created_at", "conversation_id", "conversation__owner_id")
    ended = rows.filter(role__in=list(_TIERS)).exclude(status__in=RUNNING)
    shown: QuerySet[Message, Any] = ended.values(*names)
    return shown


def _noted(limit: int) -> "QuerySet[Unindexed, Any]":
    rows = Unindexed.objects.order_by("-id").select_for_update(skip_locked=True)
    return rows.values("id", "conversation_id", "message_id")[:limit]


def _entry(row: dict[str, Any]) -> Entry:
    return Entry(
        id=passage_id(row["created_at"]),
        owner_id=row["conversation__owner_id"],
        conversation_id=row["conversation_id"],
        message_id=row["id"],
        tier=_TIERS[row["role"]],
        words=words_of(row["content"] or row["refusal"]),
    )


def _apart(entries: list[Entry]) -> list[Entry]:
    """Those that have words; each with an id of its own, a little later where two are of one moment.

    Not one after the other: a file may give one moment to everything that is in it.
    """
    apart: dict[int, Entry] = {}
    waiting = [(entry.id, entry) for entry in entries if entry.words]
    spread = 16
    while waiting:
        ids = [entry.id for _, entry in waiting]
        taken = set(Passage.objects.filter(id__in=ids).values_list("id", flat=True))
        again = []
        for moment, entry in waiting:
            if entry.id in taken or entry.id in apart:
                later = moment + random.randrange(1, spread)
                again.append((moment, replace(entry, id=later)))
            else:
                apart[entry.id] = entry
        waiting, spread = again, spread * 8
    return list(apart.values())


def catch_up_for(seconds: float) -> None:
    """Indexes what there is to index, but stops after a while."""
    until = time.monotonic() + seconds
    while catch_up() == BATCH and time.monotonic() < until:
        pass


_NOTED = Prepared(lambda: _noted(BATCH))
_ENDED = Prepared(lambda message_id: _ended(Message.objects.filter(pk=message_id)), UUID)
_OF_MOMENT = Prepared(lambda passage: Passage.objects.filter(pk=passage).values("id"), int)
