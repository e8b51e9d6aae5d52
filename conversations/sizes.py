"""How much each person has, and how it grows: conversations, messages and bytes of text, month by month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Count, F, Func, Sum, Value
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from conversations.models import Message


@dataclass(frozen=True, slots=True)
class Size:
    """Of one person's messages of one month; `conversations` are those that had any."""

    person: str
    month: date
    conversations: int
    messages: int
    text_bytes: int


def growth(months: int = 12) -> Iterator[Size]:
    """The most recent month first, and in it whoever wrote most. The trash counts: it takes room."""
    since = _first_of(months)
    rows = Message.objects.filter(created_at__gte=since).values(
        person=F("conversation__owner__username"), month=TruncMonth("created_at")
    )
    sums = rows.annotate(
        conversations=Count("conversation", distinct=True),
        messages=Count("pk"),
        text_bytes=Coalesce(Sum(_bytes("content") + _bytes("reasoning")), Value(0)),
    )
    for row in sums.order_by("-month", "-text_bytes", "person"):
        yield Size(**{**row, "month": row["month"].date()})


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
