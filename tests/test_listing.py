"""The lists: in order, page by page in both directions, narrowed by what is asked."""

import base64
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import User

from conversations import filing, listing, trash
from conversations.listing import Filters
from conversations.models import Conversation, Message

START = datetime(2026, 3, 10, 12, tzinfo=UTC)


def make(owner: User, number: int, *, at: datetime | None = None, **fields: object) -> Conversation:
    moment = at or START + timedelta(minutes=number)
    return Conversation.objects.create(owner=owner, title=f"Number {number}", updated_at=moment, **fields)


def titles(page: listing.Page) -> list[str]:
    return [row.title for row in page.rows]


def walk(user: User, filters: Filters, length: int) -> list[list[str]]:
    """All pages, from the first to the last."""
    page = listing.page(user, filters, length=length)
    pages = [titles(page)]
    while page.older:
        page = listing.page(user, filters, after=page.older, length=length)
        pages.append(titles(page))
    return pages


@pytest.mark.parametrize("place", ["", "archived", "trash"])
def test_pages_follow_each_other_in_both_directions(alice: User, place: str) -> None:
    # All within one moment: only the ids tell them apart.
    rows = [make(alice, number, at=START) for number in range(7)]
    ids = [row.id for row in rows]
    if place == "archived":
        filing.archive(alice, ids)
    if place == "trash":
        trash.put(alice, ids)
    filters = Filters(place=place)
    forward = walk(alice, filters, 3)
    assert [len(page) for page in forward] == [3, 3, 1]
    assert sorted(title for page in forward for title in page) == sorted(row.title for row in rows)
    last = listing.page(alice, filters, after=_last_cursor(alice, filters), length=3)
    middle = listing.page(alice, filters, before=last.newer, length=3)
    first = listing.page(alice, filters, before=middle.newer, length=3)
    assert [titles(first), titles(middle), titles(last)] == forward
    assert first.newer == ""


def _last_cursor(user: User, filters: Filters) -> str:
    cursor, page = "", listing.page(user, filters, length=3)
    while page.older:
        cursor = page.older
        page = listing.page(user, filters, after=cursor, length=3)
    return cursor


def test_nothing_is_shown_twice_when_the_list_changes_meanwhile(alice: User) -> None:
    for number in range(4):
        make(alice, number)
    first = listing.page(alice, Filters(), length=2)
    make(alice, 99)
    Conversation.objects.filter(title="Number 3").delete()
    assert titles(listing.page(alice, Filters(), after=first.older, length=2)) == ["Number 1", "Number 0"]


def test_pinned_ones_stand_above_and_nowhere_else(alice: User) -> None:
    old = make(alice, 0)
    make(alice, 1)
    filing.pin(alice, [old.id])
    assert [row.title for row in listing.pinned(alice)] == ["Number 0"]
    assert titles(listing.page(alice, Filters())) == ["Number 1"]
    assert listing.pinned(alice, Filters(place="archived")) == []


def test_each_filter_narrows(alice: User) -> None:
    plain = make(alice, 0, at=START - timedelta(days=40), model="alpha")
    broken = make(alice, 1, model="beta")
    for status in ("interrupted", "complete"):
        Message.objects.create(conversation=broken, role="assistant", status=status)
    filing.tag(alice, [plain.id], "Work")
    expected = {
        Filters(status="interrupted"): [broken],
        Filters(status="complete"): [broken],
        Filters(status="failed"): [],
        Filters(model="alpha"): [plain],
        Filters(tag="work"): [plain],
        Filters(words="BER 1"): [broken],
        Filters(since=date(2026, 3, 10)): [broken],
        Filters(until=date(2026, 3, 9)): [plain],
        Filters(until=date(2026, 3, 10)): [broken, plain],
    }
    for filters, rows in expected.items():
        found = [row.id for row in listing.page(alice, filters).rows]
        assert found == [row.id for row in rows], filters


def test_only_mine_are_listed(alice: User, bob: User) -> None:
    row = make(alice, 1)
    filing.tag(alice, [row.id], "shared word")
    filing.tag(bob, [make(bob, 2).id], "shared word")
    assert titles(listing.page(bob, Filters(tag="shared word"))) == ["Number 2"]
    filing.pin(alice, [row.id])
    assert listing.pinned(bob) == []


@pytest.mark.parametrize(
    "cursor", ["x", "====", "\udcff", base64.b64encode(b"2026-01-01 0").decode(), "bm9uc2Vuc2U="]
)
def test_a_cursor_that_makes_no_sense_begins_at_the_top(alice: User, cursor: str) -> None:
    make(alice, 1)
    assert titles(listing.page(alice, Filters(), after=cursor)) == ["Number 1"]
    assert titles(listing.page(alice, Filters(), before=cursor)) == ["Number 1"]
