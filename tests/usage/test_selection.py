"""The filters of the usage page: which rows an address means."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from conversations.usage import Selection, UsageForm
from tests.usage.rows import spent


def selection(**address: str) -> Selection:
    form = UsageForm(address)
    assert form.is_valid(), form.sentences()
    return form.selection()


def reasons(**address: str) -> list[str]:
    form = UsageForm(address)
    assert not form.is_valid()
    return form.sentences()


def test_an_address_without_filters_means_everything(alice: User) -> None:
    spent(alice, at=datetime(2001, 1, 1, tzinfo=UTC))
    spent(None)
    assert selection().rows().count() == 2


def test_both_days_belong_to_the_span(alice: User) -> None:
    for day in (1, 2, 3, 4):
        spent(alice, at=datetime(2026, 3, day, 12, tzinfo=UTC))
    chosen = selection(**{"from": "2026-03-02", "to": "2026-03-03"}).rows()
    assert sorted(row.created_at.day for row in chosen) == [2, 3]


def test_days_begin_at_midnight_of_the_installation(alice: User, settings: Settings) -> None:
    late_in_utc = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # already the 2nd in Berlin
    spent(alice, at=late_in_utc)
    settings.TIME_ZONE = "Europe/Berlin"
    assert selection(**{"from": "2026-03-02", "to": "2026-03-02"}).rows().count() == 1
    assert selection(to="2026-03-01").rows().count() == 0


def test_person_model_and_outcome_narrow_it_down(alice: User, bob: User) -> None:
    wanted = spent(alice, status="stopped")
    spent(alice)
    spent(bob, status="stopped")
    spent(alice, status="stopped", model_requested="beta")
    assert list(selection(user="alice", model="alpha", status="stopped").rows()) == [wanted]


def test_the_model_is_the_one_asked_for_or_else_the_one_that_answered(alice: User) -> None:
    spent(alice, model_requested="", model_answered="whatever-was-loaded")
    assert selection(model="whatever-was-loaded").rows().count() == 1
    assert selection(model="alpha-2026").rows().count() == 0


def test_a_person_who_is_gone_can_still_be_asked_for(alice: User) -> None:
    spent(alice)
    alice.delete()
    assert selection(user="alice").rows().count() == 1


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ({"from": "yesterday"}, "From: Please write a day"),
        ({"to": "2026-13-45"}, "To: Please write a day"),
        ({"from": "0001-01-01"}, "From: "),
        ({"to": "9999-12-31"}, "To: "),
        ({"from": "2026-02-02", "to": "2026-01-01"}, "before the first"),
        ({"status": "splendid"}, "Outcome: Please choose one of: queued"),
        ({"user": "a\0b"}, "Person: "),
        ({"model": "x" * 500}, "Model: "),
    ],
)
def test_nonsense_is_answered_in_words(address: dict[str, str], word: str) -> None:
    assert any(word in sentence for sentence in reasons(**address)), reasons(**address)


def test_other_names_in_the_address_are_left_alone() -> None:
    assert selection(utm_source="x", page="7") == Selection()


@pytest.mark.parametrize(
    ("other", "query"),
    [
        ({}, "from=2026-01-02&user=a%26b"),
        ({"model": "m/1"}, "from=2026-01-02&user=a%26b&model=m%2F1"),
        ({"from": None}, "user=a%26b"),
    ],
)
def test_a_selection_writes_its_own_address(other: dict[str, Any], query: str) -> None:
    assert Selection(since=date(2026, 1, 2), user="a&b").query(**other) == query
