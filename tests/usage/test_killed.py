"""kill -9 in the middle of an answer: its row is there, once, with nearly what the upstream had sent."""

import asyncio
import contextlib
import re
import signal
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.readers import Person
from tests.serving.launched import Launched, free_port
from tests.usage.truth import Bookkeeper, answer_to, tokens_of

pytestmark = pytest.mark.slow

PATIENCE = 180.0


@pytest.fixture
def books() -> Iterator[Bookkeeper]:
    bookkeeper = Bookkeeper()
    yield bookkeeper
    bookkeeper.close()


@contextlib.contextmanager
def serving(data: Path, books: Bookkeeper) -> Iterator[Launched]:
    environment = {"OPENAI_BASE_URL": books.base_url, "OPENAI_API_KEY": "sk-books", "DEFAULT_MODEL": "alpha"}
    server = Launched(data, free_port(), **environment)
    try:
        server.wait_for("Ctrl-C stops it")
        yield server
    finally:
        server.close()


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(data / "db.sqlite3", timeout=20)) as connection:
        return connection.execute(query).fetchall()


def until(data: Path, query: str, wanted: Any) -> None:
    """Until the first value of a query is as wanted."""
    deadline = time.monotonic() + PATIENCE
    while not (found := rows(data, query)) or found[0][0] is None or found[0][0] < wanted:
        assert time.monotonic() < deadline, (query, found)
        time.sleep(0.1)


async def ask(url: str, link: str, questions: list[str]) -> None:
    person = Person(url)
    try:
        await person.make_account(link)
        for question in questions:
            data = {"message": question, "client_id": str(uuid.uuid4())}
            await person.submit(f"{url}/", f"{url}/conversations/", **data)
    finally:
        await person.close()


def test_what_was_sent_before_a_kill_is_in_the_ledger(tmp_path: Path, books: Bookkeeper) -> None:
    data, whole = tmp_path / "data", answer_to("40")
    questions = [*(f"whole {number}" for number in range(10, 40, 5)), "stop 40"]
    with serving(data, books) as server:
        link = server.wait_for(r"http://\S+/setup/\S+/").group()
        asyncio.run(ask(f"http://127.0.0.1:{server.port}", link, questions))
        until(data, "SELECT sum(length(content)) FROM conversations_generationevent", len(whole))
        until(data, "SELECT samples FROM conversations_tokenfactor", 5)
        server.stop(signal.SIGKILL)
    with serving(data, books) as server:
        until(data, "SELECT count(*) FROM conversations_generation WHERE status = 'interrupted'", 1)
        assert server.stop() == 0
    found = rows(
        data,
        "SELECT status, source, completion_tokens, attempts FROM conversations_generation"
        " ORDER BY created_at",
    )
    answers = [row for row in found if row[0] == "complete"]
    assert [row[:2] for row in found if row[0] != "complete"] == [("interrupted", "estimated")]
    assert sum(row[3] for row in found) == len(books.asked)
    assert sum(row[2] for row in answers) == books.reported["alpha completion"]
    sent = next(seen.text for seen in books.asked if re.search("stop 40", str(seen.body)) and seen.text)
    assert found[-1][2] == pytest.approx(tokens_of(sent), rel=0.2)
