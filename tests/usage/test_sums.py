"""Sums over the ledger, added up by the database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from conversations.usage import Group, Selection, break_down, by_period
from tests.usage.rows import spent

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ALL = Selection()


def whole() -> Group:
    return break_down(ALL.rows()).whole


def test_nothing_sums_up_to_nothing(db: None) -> None:
    assert (whole().sums.requests, whole().sums.total, whole().ttft_ms) == (0, 0, None)
    assert whole().sums.cost_text == "unknown"
    assert by_period(ALL, ALL.rows()) == ("day", [])


def test_tokens_are_added_up(alice: User) -> None:
    spent(alice, tokens=(100, 20), cached_tokens=60, reasoning_tokens=7)
    spent(alice, tokens=(1, 2), source="estimated", status="stopped")
    spent(alice, prompt_tokens=None, completion_tokens=None, total_tokens=None, status="failed")
    sums = whole().sums
    assert (sums.requests, sums.prompt, sums.completion, sums.total) == (3, 101, 22, 123)
    assert (sums.cached, sums.reasoning, sums.estimated) == (60, 7, 1)


def test_costs_are_added_up_and_unknown_ones_are_counted(alice: User) -> None:
    spent(alice, cost=Decimal("0.25"), currency="USD")
    spent(alice, cost=Decimal("1.10"), currency="USD")
    spent(alice)
    sums = whole().sums
    assert (sums.amounts, sums.unpriced) == ({"USD": Decimal("1.35")}, 1)
    assert sums.cost_text == "1.35 USD"


def test_two_currencies_are_not_added(alice: User) -> None:
    spent(alice, cost=Decimal(1), currency="USD")
    spent(alice, cost=Decimal(1), currency="EUR")
    assert whole().sums.cost_text == "1.00 EUR + 1.00 USD"


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        ("0", "0.00 USD"),
        ("0.00001", "under 0.0001 USD"),
        ("0.0213", "0.0213 USD"),
        ("1234.5", "1,234.50 USD"),
    ],
)
def test_small_amounts_keep_their_digits(alice: User, cost: str, text: str) -> None:
    spent(alice, cost=Decimal(cost), currency="USD")
    assert whole().sums.cost_text == text


@pytest.mark.parametrize(
    ("times", "median"), [([5], 5), ([9, 1, 5], 5), ([1, 2, 10, 40], 6), ([3, 3, 3, 3], 3)]
)
def test_the_median_is_the_middle(alice: User, times: list[int], median: float) -> None:
    for ttft in times:
        spent(alice, ttft_ms=ttft)
    spent(alice, ttft_ms=None)
    assert whole().ttft_ms == median


def test_models_and_people_have_their_own_sums_and_medians(alice: User, bob: User) -> None:
    spent(alice, tokens=(1, 1), ttft_ms=100)
    spent(bob, tokens=(50, 50), ttft_ms=300, model_requested="beta")
    spent(bob, tokens=(5, 5), ttft_ms=200, model_requested="beta")
    people = [(group.label, group.sums.total, group.ttft_ms) for group in break_down(ALL.rows()).people]
    assert people == [("bob", 110, 250), ("alice", 2, 100)]
    models = [(group.label, group.sums.requests, group.ttft_ms) for group in break_down(ALL.rows()).models]
    assert models == [("beta", 2, 250), ("alpha", 1, 100)]


def test_requests_of_nobody_have_a_name_too(db: None) -> None:
    spent(None, purpose="probe")
    assert [(group.label, group.key) for group in break_down(ALL.rows()).people] == [("(none)", "")]


def test_outcomes_are_counted_with_their_reasons(alice: User) -> None:
    for _ in range(3):
        spent(alice)
    spent(alice, finish_reason="length")
    spent(alice, status="failed", finish_reason="", error_kind="rate_limited")
    assert break_down(ALL.rows()).outcomes[0] == ("complete", "stop", 3)
    assert ("failed", "rate_limited", 1) in break_down(ALL.rows()).outcomes


def test_days_without_requests_are_there_as_zero(alice: User) -> None:
    spent(alice, at=NOON, tokens=(1, 1))
    spent(alice, at=NOON + timedelta(days=3), tokens=(2, 2))
    unit, days = by_period(Selection(until=date(2026, 3, 13)), ALL.rows())
    assert unit == "day"
    assert [(day.label[-2:], day.sums.total) for day in days] == [("10", 2), ("11", 0), ("12", 0), ("13", 4)]


def test_days_are_those_of_the_current_time_zone(alice: User) -> None:
    spent(alice, at=datetime(2026, 3, 29, 22, 30, tzinfo=UTC))  # the night in which Berlin's clocks jump
    with timezone.override("Europe/Berlin"):
        _, days = by_period(Selection(until=date(2026, 3, 30)), ALL.rows())
    assert [day.label for day in days] == ["2026-03-30"]


@pytest.mark.parametrize(("days", "unit"), [(80, "day"), (400, "month"), (9000, "year")])
def test_long_spans_are_shown_by_month_or_year(alice: User, days: int, unit: str) -> None:
    spent(alice, at=NOON, tokens=(1, 1))
    spent(alice, at=NOON - timedelta(days=days), tokens=(1, 1))
    found, periods = by_period(Selection(until=date(2026, 3, 10)), ALL.rows())
    assert found == unit
    assert sum(period.sums.total for period in periods) == 4
    assert len(periods) <= 93
