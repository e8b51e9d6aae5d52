"""Conversations from a file → rows, many in one transaction; what is there already is not made again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from conversations.importing.talks import Said, Talk, message_id
from conversations.importing.tally import Tally
from conversations.models import Conversation, Message
from conversations.models.bulk import insert_many
from conversations.sentences import gettext_noop
from conversations.titles import plain_line, plain_title

_MOMENT = timedelta(microseconds=1)


def save(owner: User, talks: list[Talk], tally: Tally) -> None:
    """Within a transaction. A conversation that has grown since it was taken in gets what is new in it.

    Where the database refuses something, the others come in one by one.
    """
    try:
        with transaction.atomic():
            tally.add(_save(owner, talks))
    except (DataError, IntegrityError):
        for talk in talks:
            _save_alone(owner, talk, tally)


def _save_alone(owner: User, talk: Talk, tally: Tally) -> None:
    try:
        with transaction.atomic():
            tally.add(_save(owner, [talk]))
    except (DataError, IntegrityError):
        tally.skip(name_of(talk), gettext_noop("The database does not take what it holds."))


def _save(owner: User, talks: list[Talk]) -> Tally:
    tally = Tally()
    fresh: dict[tuple[str, str], Talk] = {}
    for talk in talks:
        tally.known += (talk.source, talk.source_id) in fresh
        fresh[talk.source, talk.source_id] = talk
        tally.problems += [(name_of(talk), note) for note in talk.notes]
    there = _there(owner, fresh.values())
    theirs = _own(owner, fresh.values())
    new = [talk for key, talk in fresh.items() if key not in there and talk.source_id not in theirs]
    tally.known += len(fresh) - len(new) - len(there)
    _make(owner, new)
    tally.added += len(new)
    grown = _grow([(row, fresh[key]) for key, row in there.items()])
    tally.grown += grown
    tally.known += len(there) - grown
    return tally


def name_of(talk: Talk) -> str:
    return f"“{plain_line(talk.title)[:80] or talk.source_id[:40]}”"


def _there(owner: User, talks: Iterable[Talk]) -> dict[tuple[str, str], Conversation]:
    """Those that came from a file before; what was put into the trash since is not fetched back."""
    found: dict[tuple[str, str], Conversation] = {}
    mine = Conversation.objects.of(owner, with_trash=True)
    for source, some in groupby(sorted(talks, key=lambda talk: talk.source), key=lambda talk: talk.source):
        rows = mine.filter(source=source, source_id__in=[talk.source_id for talk in some])
        found |= {(source, row.source_id): row for row in rows.only("source_id", "active_leaf_id")}
    return found


def _own(owner: User, talks: Iterable[Talk]) -> set[str]:
    """The names of those that were exported here and are still here."""
    ids = [uuid for talk in talks if talk.source == "export" and (uuid := _uuid(talk.source_id))]
    mine = Conversation.objects.of(owner, with_trash=True).filter(pk__in=ids)
    return {str(each) for each in mine.values_list("pk", flat=True)}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _make(owner: User, talks: list[Talk]) -> None:
    conversations, messages = [], []
    for talk in talks:
        row = _conversation(owner, talk)
        rows = _messages(row.id, talk)
        row.created_at = talk.made_at or rows[0].created_at
        newest = max(message.created_at for message in rows)
        row.updated_at = max(talk.changed_at or newest, row.created_at)
        row.active_leaf_id = _leaf(row.id, talk, rows)
        row.archived_at = row.updated_at if talk.archived else None
        row.pinned_at = row.updated_at if talk.pinned else None
        conversations.append(row)
        messages += rows
    # Both databases look at references when the transaction ends: the leaf may come after the conversation.
    insert_many(conversations)
    insert_many(messages)


def _grow(pairs: list[tuple[Conversation, Talk]]) -> int:
    """How many of these conversations got messages that they did not have."""
    if not pairs:
        return 0
    present = Message.objects.filter(conversation__in=[row.id for row, _ in pairs])
    known = set(present.values_list("id", flat=True))
    grown = 0
    for row, talk in pairs:
        rows = _messages(row.id, talk)
        new = [message for message in rows if message.id not in known]
        if not new:
            continue
        grown += 1
        Message.objects.bulk_create(new)
        changed: dict[str, Any] = {"updated_at": max(message.created_at for message in new)}
        # Whoever went on with it here keeps looking at that.
        if row.active_leaf_id is None or row.active_leaf_id in {message.id for message in rows}:
            changed["active_leaf"] = _leaf(row.id, talk, rows)
        Conversation.objects.filter(pk=row.id).update(**changed)
    return grown


def _conversation(owner: User, talk: Talk) -> Conversation:
    title = plain_line(talk.title)[:200]
    asked = next((said.content for said in talk.messages if said.role == "user"), "")
    source = Conversation.TitleSource.PERSON if title else Conversation.TitleSource.CUT
    return Conversation(
        id=uuid4(),
        owner=owner,
        title=title or plain_title(asked),
        title_source=source,
        model=talk.model,
        system_prompt=talk.system_prompt,
        parameters=talk.parameters,
        source=talk.source,
        source_id=talk.source_id,
    )


def _messages(conversation: UUID, talk: Talk) -> list[Message]:
    """Where the file does not say when, each a moment behind its parent and behind the one before it."""
    at: dict[str | None, datetime] = {None: talk.made_at or talk.changed_at or timezone.now()}
    guessed = at[None]
    rows = []
    for said in talk.messages:
        if said.at is None:
            guessed = max(guessed, at[said.parent]) + _MOMENT
        at[said.key] = said.at or guessed
        rows.append(_message(conversation, said, at[said.key]))
    return rows


def _message(conversation: UUID, said: Said, at: datetime) -> Message:
    return Message(
        id=message_id(conversation, said.key),
        conversation_id=conversation,
        parent_id=message_id(conversation, said.parent) if said.parent is not None else None,
        role=said.role,
        content=said.content,
        reasoning=said.reasoning,
        refusal=said.refusal,
        tool_calls=said.tool_calls,
        status=said.status,
        finish_reason=said.finish_reason,
        error=said.error,
        model=said.model,
        parameters=said.parameters,
        usage=said.usage,
        ttft_ms=said.ttft_ms,
        duration_ms=said.duration_ms,
        created_at=at,
    )


def _leaf(conversation: UUID, talk: Talk, rows: list[Message]) -> UUID:
    """What the file shows; else the newest message that nothing follows."""
    ids = {row.id for row in rows}
    if talk.active is not None and (shown := message_id(conversation, talk.active)) in ids:
        return shown
    answered = {row.parent_id for row in rows}
    return max((row for row in rows if row.id not in answered), key=lambda row: row.created_at).id
