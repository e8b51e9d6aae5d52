"""How much each person has, and how it grows: conversations, messages and bytes of text, month by month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Count, F, Func, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from conversations.models import Message
from conversations.models.message import MessageQuerySet


@dataclass(frozen=True, slots=True)
class Size:
    """Of one person's messages of one month; `conversations` are those that had any. `month` is None for all
    that is older than the months that were asked for: what was imported has the dates of its own time."""

    person: str
    month: date | None
    conversations: int
    messages: int
    text_bytes: int


def growth(months: int = 12) -> Iterator[Size]:
    """The most recent month first, and in it whoever wrote most. The trash counts: it takes room."""
    since = _first_of(months)
    recent = Message.objects.filter(created_at__gte=since).annotate(month=TruncMonth("created_at"))
    for row in _summed(recent, "month").order_by("-month", "-text_bytes", "person"):
        yield Size(**{**row, "month": row["month"].date()})
    for row in _summed(Message.objects.filter(created_at__lt=since)).order_by("-text_bytes", "person"):
        yield Size(**row, month=None)


def _summed(rows: MessageQuerySet, *names: str) -> "QuerySet[Any, Any]":
    summed: QuerySet[Any, Any] = rows.values(*names, person=F("conversation__owner__username")).annotate(
        conversations=Count("conversation", distinct=True),
        messages=Count("pk"),
        text_bytes=Coalesce(Sum(_bytes("content") + _bytes("reasoning")), Value(0)),
    )
    return summed


def _first_of(months: int) -> datetime:
    """The beginning of the month that lies `months` - 1 before this one."""
    month = timezone.localdate().replace(day=1)
    for _ in range(max(1, months) - 1):
        month = (month - timedelta(days=1)).replace(day=1)
    return datetime.combine(month, time.min, tzinfo=timezone.get_default_timezone())


def _bytes(column: str) -> Func:
    """As it is stored, in UTF-8. SQLite's own octet_length is younger than many SQLites."""
    if connection.vendor == "postgresql":
        return Func(F(column), function="octet_length", output_field=BigIntegerField())
    blob: Any = Func(F(column), template="CAST(%(expressions)s AS BLOB)")
    return Func(blob, function="length", output_field=BigIntegerField())
