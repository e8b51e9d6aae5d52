"""The pages of lists: grouped, marked, filtered, with a fixed number of queries and no text of a message."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations import filing, trash
from conversations.models import Conversation, Message
from tests.conftest import Limits


def make(owner: User, title: str, days: float = 0, **fields: Any) -> Conversation:
    at = timezone.now() - timedelta(days=days)
    return Conversation.objects.create(owner=owner, title=title, updated_at=at, **fields)


def test_it_is_grouped_by_time(as_alice: Client, alice: User) -> None:
    filing.pin(alice, [make(alice, "Kept at hand", 400).id])
    for days in (0, 1, 3, 100):
        make(alice, f"{days} days old", days)
    page = as_alice.get("/history/").content.decode()
    long_ago = (timezone.now() - timedelta(days=100)).strftime("%B %Y")
    names = ["Pinned", "Today", "Yesterday", "Last 7 days", long_ago]
    places = [page.rindex(f">{name}</h2>") for name in names]
    assert places == sorted(places)


def test_what_runs_and_what_is_unread_is_marked(as_alice: Client, alice: User) -> None:
    running, unread = make(alice, "Runs"), make(alice, "New", unread=True)
    Message.objects.create(conversation=running, role="assistant", status="streaming")
    page = as_alice.get("/history/").content.decode()
    assert page.count("<span>answering</span>") == 1
    assert page.count('class="history__unread"') == 1
    as_alice.get(unread.get_absolute_url())
    assert 'class="history__unread"' not in as_alice.get("/history/").content.decode()


def test_the_archive_and_the_trash_are_lists_of_their_own(
    as_alice: Client, alice: User, limits: Limits
) -> None:
    filing.archive(alice, [make(alice, "Put away").id])
    trash.put(alice, [make(alice, "Thrown away").id])
    make(alice, "At hand")
    for query, title in (("", "At hand"), ("archived=1", "Put away"), ("trash=1", "Thrown away")):
        main = as_alice.get(f"/history/?{query}").content.decode().split("<main")[1]
        assert [each for each in ("At hand", "Put away", "Thrown away") if each in main] == [title]
    assert "after 30 days" in as_alice.get("/history/?trash=1").content.decode()
    limits["trash_days"] = 0
    assert "kept until you delete it" in as_alice.get("/history/?trash=1").content.decode()


def test_filters_stay_when_the_page_is_turned(as_alice: Client, alice: User) -> None:
    for number in range(31):
        make(alice, f"Number {number}", number / 1000, model="a&b")
    page = as_alice.get("/history/", {"model": "a&b"}).content.decode()
    assert page.count('class="history__row"') == 30
    [older] = [line for line in page.split('href="') if line.startswith("?after=") and "model" in line]
    address = older.split('"')[0].replace("&amp;", "&")
    assert "Number 30" in as_alice.get(f"/history/{address}").content.decode().split("<main")[1]


@pytest.mark.parametrize(
    "query", ["status=nonsense", "from=yesterday", "tag=%00", "after=%FF", "model=" + "x" * 5000, "trash="]
)
def test_what_makes_no_sense_is_as_if_it_were_not_there(as_alice: Client, alice: User, query: str) -> None:
    make(alice, "Here")
    assert as_alice.get(f"/history/?{query}").status_code == 200


def test_the_sidebar_goes_on_behind_its_last_row(as_alice: Client, as_bob: Client, alice: User) -> None:
    for number in range(60):
        make(alice, f"Number {number}", number / 1000)
    page = as_alice.get("/history/").content.decode()
    older = page.split('data-older="')[1].split('"')[0].replace("&amp;", "&")
    entries = as_alice.get(older).content.decode()
    assert "Number 50" in entries
    assert "Number 49" not in entries
    assert "data-older" not in entries
    assert "Number" not in as_bob.get(older).content.decode()


def test_hostile_titles_are_text(as_alice: Client, alice: User) -> None:
    row = make(alice, "<script>alert(1)</script>", model="<img src=x>")
    filing.tag(alice, [row.id], '"><b>')
    page = as_alice.get("/history/").content.decode()
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert '"><b>' not in page


def test_a_list_costs_a_fixed_number_of_queries_and_reads_no_message(as_alice: Client, alice: User) -> None:
    counts = []
    for number in (1, 40):
        for each in range(number):
            row = make(alice, f"Row {number} {each}", each)
            Message.objects.create(conversation=row, role="user", content="Text")
            filing.tag(alice, [row.id], f"tag {each}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            as_alice.get("/history/?status=&tag=")
        counts.append(len(queries))
        assert not [query for query in queries if '"content"' in query["sql"]]
    assert counts[0] == counts[1] <= 11


def test_a_script_that_looks_again_takes_nothing_away_from_the_page(as_alice: Client, alice: User) -> None:
    row = make(alice, "Tides")
    as_alice.post("/history/filing/", {"verb": "archive", "conversation": str(row.id)})
    rows = as_alice.get("/history/?archived=1", headers={"X-Requested-With": "fetch"}).content.decode()
    assert rows.startswith("<div data-rows>")
    assert "Tides" in rows
    assert "<nav" not in rows
    assert ">Undo</button>" in as_alice.get("/history/").content.decode().split("<template>")[0]
