"""A large archive, filled in minutes: rows and index as saving and indexing would have left them, by the
shortest way that each database has for many rows.
"""

import random
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, models, transaction

from conversations.models import Conversation, Message, Passage, Unindexed
from conversations.search import in_postgres
from conversations.search.entries import Entry
from conversations.search.tokens import stamped
from conversations.search.triggers import ensure_triggers
from conversations.search.upkeep import passage_id
from conversations.search.words import words_of

START = datetime(2024, 1, 1, tzinfo=UTC)
CHUNK = 2_000
_SYLLABLES = [
    f"{first}{second}{third}" for first in "bdfgklmnprst" for second in "aeiou" for third in ("n", "r", "st")
]
WORDS = [one + two for one in _SYLLABLES for two in _SYLLABLES[::7]]
_RUNNING_TEXT: list[str] = []
Row = tuple[Any, ...]


def text(chance: random.Random, length: int) -> str:
    """Common words and rare ones, as in a language; `ocean` in every second, a phrase and a name in few."""
    if not _RUNNING_TEXT:
        often = random.Random(0)
        _RUNNING_TEXT.extend(
            WORDS[min(int(often.paretovariate(0.6)), len(WORDS) - 1)] for _ in range(500_000)
        )
    at = chance.randrange(len(_RUNNING_TEXT) - length)
    words = _RUNNING_TEXT[at : at + length]
    if chance.random() < 0.5:
        words[length // 2] = "ocean"
    if chance.random() < 0.001:
        words[3:6] = ["blue", "whale", "song"]
    if chance.random() < 0.00005:
        words[0] = "zephyr"
    return " ".join(words)


class Table:
    """Rows of a model as the database takes them: a row's own values over what saving would write."""

    def __init__(self, example: models.Model) -> None:
        fields = [field for field in example._meta.concrete_fields if not field.has_db_default()]
        self.name = example._meta.db_table
        self.columns = [str(field.column) for field in fields]
        self._fields = {field.attname: (place, field) for place, field in enumerate(fields)}
        saved = [(field, field.pre_save(example, add=True)) for field in fields]
        self._row = [field.get_db_prep_save(value, connection) for field, value in saved]

    def row(self, **values: Any) -> Row:
        row = self._row.copy()
        for name, value in values.items():
            place, field = self._fields[name]
            row[place] = field.get_db_prep_value(value, connection)
        return tuple(row)


def fill(owner: User, first: int, last: int) -> None:
    """Conversations `first` to `last`, six messages each, indexed."""
    begun = time.monotonic()
    with _unwatched():
        for at in range(first, last, CHUNK):
            with transaction.atomic():
                _write(owner, at, min(last, at + CHUNK))
    Unindexed.objects.all().delete()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    print(f"{last:,} conversations: filled in {time.monotonic() - begun:.0f} s", flush=True)


def _write(owner: User, first: int, last: int) -> None:
    chance = random.Random(first)
    conversation, message = Table(Conversation(owner=owner, model="alpha")), Table(Message(role="user"))
    talks: list[Row] = []
    turns: list[Row] = []
    entries: list[Entry] = []
    for number in range(first, last):
        talk, at, title = uuid.uuid4(), START + timedelta(minutes=7 * number), text(chance, 6)
        entries.append(_entry(owner, at, talk, None, Passage.Tier.TITLE, title))
        parent = None
        for turn in range(1, 7):
            answers, made, leaf = turn % 2 == 0, at + timedelta(seconds=turn), uuid.uuid4()
            said = text(chance, 60 if answers else 15)
            turns.append(
                message.row(
                    id=leaf,
                    conversation_id=talk,
                    parent_id=parent,
                    role="assistant" if answers else "user",
                    content=said,
                    status="interrupted" if answers and chance.random() < 0.001 else "complete",
                    model="alpha" if answers else "",
                    created_at=made,
                )
            )
            tier = Passage.Tier.ANSWER if answers else Passage.Tier.QUESTION
            entries.append(_entry(owner, made, talk, leaf, tier, said))
            parent = leaf
        talks.append(
            conversation.row(id=talk, title=title, created_at=at, updated_at=at, active_leaf_id=parent)
        )
    _insert(conversation.name, conversation.columns, talks)
    _insert(message.name, message.columns, turns)
    _index(entries)


def _entry(owner: User, at: datetime, talk: uuid.UUID, leaf: uuid.UUID | None, *tier_and_text: str) -> Entry:
    tier, said = tier_and_text
    return Entry(passage_id(at), owner.pk, talk, leaf, tier, words_of(said))


def _index(entries: Sequence[Entry]) -> None:
    columns = ["id", "owner_id", "conversation_id", "message_id", "tier"]
    if connection.vendor == "postgresql":
        rows = [(*_passage(entry), in_postgres.vector_of(entry)) for entry in entries]
        _insert(Passage._meta.db_table, [*columns, "words"], rows)
        return
    _insert(Passage._meta.db_table, columns, [_passage(entry) for entry in entries])
    words = [(entry.id, " ".join(stamped(entry.owner_id, entry.tier, entry.words))) for entry in entries]
    _insert("conversations_words", ["rowid", "words"], words)


def _passage(entry: Entry) -> Row:
    ids: Iterable[Any] = (entry.conversation_id, entry.message_id)
    if not connection.features.has_native_uuid_field:
        ids = (each.hex if each else None for each in ids)
    return (entry.id, entry.owner_id, *ids, str(entry.tier))


def _insert(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, f'COPY "{table}" ({names}) FROM STDIN', rows)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)


def _copy(cursor: Any, statement: str, rows: Sequence[Row]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def _unwatched() -> Iterator[None]:
    """Without what notes and checks each single row; the index of words is made at the end."""
    before, after = _AROUND[connection.vendor]
    with connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
        yield
        for statement in after:
            cursor.execute(statement)
    ensure_triggers(None)


_TRIGGERS = ("message_made", "message_changed", "title_made", "title_changed")
_AROUND: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "sqlite": (
        (
            "PRAGMA foreign_keys = OFF",
            "PRAGMA synchronous = OFF",
            "PRAGMA cache_size = -200000",
            *(f"DROP TRIGGER IF EXISTS search_{name}" for name in _TRIGGERS),
        ),
        ("PRAGMA foreign_keys = ON", "PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -2000"),
    ),
    "postgresql": (
        ("SET session_replication_role = replica", "DROP INDEX IF EXISTS conversations_passage_words"),
        ("SET maintenance_work_mem = '512MB'", in_postgres.CREATE[1], "RESET session_replication_role"),
    ),
}
