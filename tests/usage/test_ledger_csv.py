"""The ledger as a file."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User

from conversations.models import Generation
from conversations.usage import Selection, csv_chunks
from conversations.usage.ledger_csv import LINES_AT_ONCE, cell
from tests.usage.rows import spent

COLUMNS = (
    "started_at,user,provider,model,purpose,status,finish_reason,prompt_tokens,completion_tokens,total_tokens,"
    "cached_tokens,reasoning_tokens,source,ttft_ms,duration_ms,cost"
)


async def chunks(selection: Selection) -> list[bytes]:
    return [chunk async for chunk in csv_chunks(selection.rows())]


def lines(selection: Selection | None = None) -> list[dict[str, str]]:
    whole = b"".join(async_to_sync(chunks)(selection or Selection())).decode()
    return list(csv.DictReader(io.StringIO(whole)))


def test_the_columns_are_those_of_the_interface(db: None) -> None:
    assert b"".join(async_to_sync(chunks)(Selection())).decode() == f"{COLUMNS}\r\n"


def test_one_line_tells_one_request(alice: User) -> None:
    moment = datetime(2026, 3, 1, 13, 5, 6, 789_000, tzinfo=UTC)
    spent(alice, at=moment, cached_tokens=4, ttft_ms=120, duration_ms=900, cost=Decimal("0.0000125"))
    assert list(lines()[0].values()) == [
        "2026-03-01T13:05:06.789Z", "alice", "scripted", "alpha", "answer", "complete", "stop",
        "10", "5", "15", "4", "", "reported", "120", "900", "0.00001250",
    ]  # fmt: skip


def test_what_never_started_or_was_never_counted_is_empty(alice: User) -> None:
    spent(alice, status="queued", finish_reason="", prompt_tokens=None, source="")
    line = lines()[0]
    assert (line["started_at"], line["prompt_tokens"], line["cost"], line["source"]) == ("", "", "", "")


def test_the_oldest_comes_first(alice: User) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    for hours in (5, 1, 3):
        spent(alice, at=now + timedelta(hours=hours), tokens=(hours, 0))
    assert [line["prompt_tokens"] for line in lines()] == ["1", "3", "5"]


def test_the_filters_hold_here_too(alice: User, bob: User) -> None:
    spent(alice)
    spent(bob)
    assert [line["user"] for line in lines(Selection(user="bob"))] == ["bob"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(alice: User, start: str) -> None:
    spent(alice, model_requested=f"{start}cmd|'/c calc'!A1", user_name=f"{start}1")
    line = lines()[0]
    assert line["model"].startswith(f"'{start}")
    assert line["user"].startswith(f"'{start}")


@pytest.mark.parametrize("value", ["a,b", 'say "hi"', "two\nlines", "naïve 模型", "\N{PILE OF POO}"])
def test_texts_come_through_whole(alice: User, value: str) -> None:
    spent(alice, model_requested=value)
    assert lines()[0]["model"] == value


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (-5, "-5"), (Decimal("1E-8"), "0.00000001"), ("", "")]
)
def test_numbers_stay_numbers(value: Any, text: str) -> None:
    assert cell(value) == text


def test_many_lines_come_in_pieces(alice: User) -> None:
    count = 2 * LINES_AT_ONCE + 3
    Generation.objects.bulk_create(
        Generation(user_name="alice", status="complete", prompt_tokens=number) for number in range(count)
    )
    pieces = async_to_sync(chunks)(Selection())
    assert len(pieces) == 4
    assert sum(int(line["prompt_tokens"]) for line in lines()) == sum(range(count))
