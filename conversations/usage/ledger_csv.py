"""The ledger as CSV: one line for one upstream request, made a few hundred lines at a time."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from asgiref.sync import sync_to_async

from conversations.models.generation import GenerationQuerySet

# Column of the file → column of the ledger.
COLUMNS = {
    "started_at": "started_at",
    "user": "user_name",
    "provider": "provider_name",
    "model": "asked_model",
    "purpose": "purpose",
    "status": "status",
    "finish_reason": "finish_reason",
    "prompt_tokens": "prompt_tokens",
    "completion_tokens": "completion_tokens",
    "total_tokens": "total_tokens",
    "cached_tokens": "cached_tokens",
    "reasoning_tokens": "reasoning_tokens",
    "source": "source",
    "ttft_ms": "ttft_ms",
    "duration_ms": "duration_ms",
    "cost": "cost",
}
LINES_AT_ONCE = 500
# A spreadsheet takes a text that begins so for a formula (OWASP ASVS 1.2.10).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


async def csv_chunks(rows: GenerationQuerySet) -> AsyncIterator[bytes]:
    """The file, oldest request first. Asynchronous, because Django's ASGI handler would read a plain
    iterator to its end before it sends the first byte."""
    yield _lines([tuple(COLUMNS)])
    # Not aiterator(): with values_list it runs its query in the event loop's own thread (Django 5.2).
    found = rows.order_by("created_at", "id").values_list(*COLUMNS.values()).iterator(LINES_AT_ONCE)
    while lines := await sync_to_async(_next_lines)(found):
        yield lines


async def table_chunks(heads: Sequence[str], lines: Iterable[Sequence[Any]]) -> AsyncIterator[bytes]:
    """Any table as a file, in pieces; `lines` may be read from the database piece by piece."""
    yield _lines([tuple(map(cell, heads))])
    left = iter(lines)
    while part := await sync_to_async(_next_lines)(left):
        yield part


def _next_lines(found: Iterator[Sequence[Any]]) -> bytes:
    return _lines([tuple(map(cell, values)) for values in islice(found, LINES_AT_ONCE)])


def cell(value: Any) -> str:
    """One value as text: times ISO 8601 UTC, amounts in plain digits, nothing for None, no formulas."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return str(value)


def _lines(lines: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode("utf-8", "replace")
