"""The lists of conversations: which of mine, in what order, and a page of them before or behind a row.

Pages begin behind a row, never at an offset: nothing is skipped or shown twice when the list changes, and
the thousandth page costs what the first one does. Titles only; no message is loaded.
"""

import base64
import binascii
import uuid
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.db.models import BooleanField, Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from conversations.models import Conversation, Message, Tag
from conversations.models.conversation import ConversationQuerySet
from conversations.models.prepared import Prepared
from conversations.models.status import RUNNING

PAGE = 30
# Rows of the longest list that begins at the top, and one to see whether there are more.
MOST_NEWEST = 51
# Pinned ones that are shown above a list; more are not at hand any more.
MOST_PINNED = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """`place` is "" for the list itself, `archived` or `trash`; the rest narrows it. `until` is included."""

    place: str = ""
    status: str = ""
    model: str = ""
    tag: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def narrow(self) -> bool:
        return bool(self.status or self.model or self.tag or self.words or self.since or self.until)


_ALL = Filters()

# The condition of the index answers_cut_short.
CUT_SHORT = ("stopped", "interrupted", "failed")
_CUT_SHORT = "status IN ('stopped', 'interrupted', 'failed')"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list shows of a conversation. `running`: an answer is being written there."""

    id: uuid.UUID
    title: str
    model: str
    updated_at: datetime
    trashed_at: datetime | None
    unread: bool
    running: bool


_SHOWN = [field.name for field in fields(Entry)]


@dataclass(frozen=True, slots=True)
class Page:
    """`newer` and `older` are the cursors of the neighbouring pages, "" where there is none."""

    rows: list[Entry]
    newer: str
    older: str


def with_running(conversations: ConversationQuerySet) -> ConversationQuerySet:
    """Adds `running`: whether an answer is being written there. No message is loaded."""
    at_work = Message.objects.filter(conversation=OuterRef("pk"), status__in=RUNNING)
    return conversations.annotate(running=Exists(at_work))


def pinned(user: User, filters: Filters = _ALL) -> list[Entry]:
    """What stands above the list."""
    if filters.place:
        return []
    if filters == _ALL:
        return [Entry(**row) for row in _ALL_PINNED.rows(user.pk)]
    return _rows(_narrowed(_pinned(user), filters).newest_first()[:MOST_PINNED])


def page(user: User, filters: Filters, *, after: str = "", before: str = "", length: int = PAGE) -> Page:
    """The rows behind the cursor `after`, or those just before `before`; the first ones without either."""
    if filters == _ALL and not (after or before) and length < MOST_NEWEST:
        return first(newest(user), length)
    only_cut_short = filters.status in CUT_SHORT and filters == Filters(status=filters.status)
    if only_cut_short and not (after or before) and length == PAGE:
        return first([Entry(**row) for row in _CUT_SHORT_ONES.rows(user.pk, filters.status)], PAGE)
    rows = _narrowed(_placed(user, filters.place), filters)
    column = _column(filters.place)
    if edge := _edge(before):
        return _before(rows, column, edge, length)
    return cut(rows, column, after, length)


def newest(user: User) -> list[Entry]:
    """The beginning of the list, as every page shows it: enough of it for the longest one."""
    return [Entry(**row) for row in _NEWEST.rows(user.pk)]


def first(entries: list[Entry], length: int) -> Page:
    """The page with which a list of more than `length` begins."""
    shown = entries[:length]
    return Page(shown, "", _cursor(shown[-1], "updated_at") if len(entries) > length else "")


def cut(rows: ConversationQuerySet, column: str, after: str, length: int) -> Page:
    """The page of `rows` behind the cursor `after`, the newest by `column` first."""
    edge = _edge(after)
    if edge:
        rows = rows.filter(_behind(column, edge))
    found = _rows(rows.order_by(f"-{column}", "-id")[: length + 1])
    shown, more = found[:length], len(found) > length
    newer = _cursor(shown[0], column) if edge and shown else ""
    return Page(shown, newer, _cursor(shown[-1], column) if more else "")


def _before(rows: ConversationQuerySet, column: str, edge: tuple[datetime, uuid.UUID], length: int) -> Page:
    at, row = edge
    nearer = rows.filter(**{f"{column}__gte": at}).filter(Q(**{f"{column}__gt": at}) | Q(id__gt=row))
    found = _rows(nearer.order_by(column, "id")[: length + 1])
    shown, more = found[:length][::-1], len(found) > length
    if not shown:
        return Page([], "", "")
    return Page(shown, _cursor(shown[0], column) if more else "", _cursor(shown[-1], column))


def _rows(rows: ConversationQuerySet) -> list[Entry]:
    return [Entry(**row) for row in with_running(rows).values(*_SHOWN)]


def _column(place: str) -> str:
    return "trashed_at" if place == "trash" else "updated_at"


def _placed(user: User, place: str) -> ConversationQuerySet:
    """Word for word the conditions of the indexes on Conversation."""
    if place == "trash":
        return Conversation.objects.of(user, with_trash=True).trashed()
    if place == "archived":
        return Conversation.objects.of(user).filter(archived_at__isnull=False)
    return Conversation.objects.of(user).filter(archived_at=None, pinned_at=None)


def _pinned(user: User) -> ConversationQuerySet:
    return Conversation.objects.of(user).filter(archived_at=None, pinned_at__isnull=False)


def _narrowed(rows: ConversationQuerySet, filters: Filters) -> ConversationQuerySet:
    if filters.words:
        rows = rows.filter(title__icontains=filters.words)
    if filters.model:
        rows = rows.filter(model=filters.model)
    if filters.status:
        rows = rows.filter(_ended_as(filters.status))
    if filters.tag:
        tagged = Tag.objects.named(filters.tag).filter(conversations=OuterRef("pk"))
        rows = rows.filter(Exists(tagged))
    if filters.since:
        rows = rows.filter(updated_at__gte=_midnight(filters.since))
    if filters.until:
        rows = rows.filter(updated_at__lt=_midnight(filters.until) + timedelta(days=1))
    return rows


def _ended_as(status: str) -> Q:
    """Conversations with an answer of that outcome."""
    if status in CUT_SHORT:
        return _cut_short_as(status)
    answers = Message.objects.filter(role="assistant", status=status)
    return Q(Exists(answers.filter(conversation=OuterRef("pk"))))


def _cut_short_as(status: str) -> Q:
    """Few: their index first, then the conversations. SQLite takes a partial index only where its condition
    stands in the query word for word.
    """
    answers = Message.objects.filter(role="assistant", status=status)
    literally = RawSQL(_CUT_SHORT, [], output_field=BooleanField())  # noqa: S611 (a constant)
    return Q(pk__in=answers.filter(literally).values("conversation"))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _cursor(row: Entry, column: str) -> str:
    at: datetime = getattr(row, column)
    return base64.urlsafe_b64encode(f"{at.isoformat()} {row.id.hex}".encode()).decode()


def _edge(cursor: str) -> tuple[datetime, uuid.UUID] | None:
    """What a cursor says; None where it makes no sense."""
    try:
        moment, row_id = base64.urlsafe_b64decode(cursor.encode()).decode().split(" ")
        at, row = datetime.fromisoformat(moment), uuid.UUID(row_id)
    except (ValueError, binascii.Error):
        return None
    return (at, row) if at.tzinfo is not None else None


def _behind(column: str, edge: tuple[datetime, uuid.UUID]) -> Q:
    """The first condition is all that an index can use; the second one settles equal times."""
    at, row = edge
    return Q(**{f"{column}__lte": at}) & (Q(**{f"{column}__lt": at}) | Q(id__lt=row))


# Every page asks the two of all; the other one is asked for by a click.
_NEWEST = Prepared(
    lambda user_id: with_running(_placed(User(pk=user_id), "")).newest_first().values(*_SHOWN)[:MOST_NEWEST],
    int,
)
_CUT_SHORT_ONES = Prepared(
    lambda user_id, status: (
        with_running(_placed(User(pk=user_id), "").filter(_cut_short_as(status)))
        .newest_first()
        .values(*_SHOWN)[: PAGE + 1]
    ),
    int,
    str,
)
_ALL_PINNED = Prepared(
    lambda user_id: with_running(_pinned(User(pk=user_id))).newest_first().values(*_SHOWN)[:MOST_PINNED],
    int,
)
