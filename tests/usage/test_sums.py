"""Sums over the ledger: from the rollups, and from rows that are not in them yet."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from pytest_django import Settings

from conversations.usage import Cube, Selection, Sums, by_period, fold, groups_by, outcomes_of
from conversations.usage.periods import label_of
from conversations.usage.sums import SPREADS
from tests.usage.rows import spent

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(params=["loose rows", "rollups"])
def settled(request: pytest.FixtureRequest) -> Any:
    """Called after rows were made: every test here is true before and after they are added up."""
    return fold if request.param == "rollups" else lambda: None


def whole(**chosen: Any) -> Sums:
    return Cube(Selection(**chosen)).grouped(spreads=SPREADS).get((), Sums())


def days(selection: Selection, unit: str = "") -> tuple[str, list[tuple[str, int]]]:
    found = {day: sums for (day,), sums in Cube(selection).grouped("day").items()}
    unit, periods = by_period(selection, found, unit)
    return unit, [(label_of(start, unit), sums.total) for start, sums in periods]


def test_nothing_sums_up_to_nothing(db: None) -> None:
    assert (whole().requests, whole().total, whole().times("ttft").p50) == (0, 0, None)
    assert whole().cost_text == "unknown"
    assert days(Selection()) == ("day", [])


def test_tokens_are_added_up(alice: User, settled: Any) -> None:
    spent(alice, tokens=(100, 20), cached_tokens=60, reasoning_tokens=7)
    spent(alice, tokens=(1, 2), source="estimated", status="stopped")
    spent(alice, prompt_tokens=None, completion_tokens=None, total_tokens=None, status="failed")
    settled()
    sums = whole()
    assert (sums.requests, sums.prompt, sums.completion, sums.total) == (3, 101, 22, 123)
    assert (sums.cached, sums.reasoning, sums.estimated) == (60, 7, 1)


def test_what_still_runs_counts_as_a_request(alice: User, settled: Any) -> None:
    spent(alice, status="queued", prompt_tokens=None, completion_tokens=None, total_tokens=None)
    settled()
    assert (whole().requests, whole(status="queued").requests, whole(status="complete").requests) == (1, 1, 0)


def test_costs_are_added_up_and_unknown_ones_are_counted(alice: User, settled: Any) -> None:
    spent(alice, cost=Decimal("0.25"), currency="USD")
    spent(alice, cost=Decimal("1.10"), currency="USD")
    spent(alice)
    settled()
    assert (whole().amounts, whole().unpriced) == ({"USD": Decimal("1.35")}, 1)
    assert whole().cost_text == "1.35 USD"


def test_two_currencies_are_not_added(alice: User, settled: Any) -> None:
    spent(alice, cost=Decimal(1), currency="USD")
    spent(alice, cost=Decimal(1), currency="EUR")
    settled()
    assert whole().cost_text == "1.00 EUR + 1.00 USD"


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        ("0", "0.00 USD"),
        ("0.00001", "under 0.0001 USD"),
        ("0.0213", "0.0213 USD"),
        ("1234.5", "1,234.50 USD"),
    ],
)
def test_small_amounts_keep_their_digits(alice: User, cost: str, text: str, settled: Any) -> None:
    spent(alice, cost=Decimal(cost), currency="USD")
    settled()
    assert whole().cost_text == text


def test_times_have_percentiles(alice: User, settled: Any) -> None:
    for number in range(1, 101):
        spent(alice, tokens=(1, number), ttft_ms=10 * number, duration_ms=10 * number + 1000)
    spent(alice, ttft_ms=None)
    settled()
    ttft, speed = whole().times("ttft"), whole().times("speed")
    assert ttft.p50 == pytest.approx(500, rel=0.05)
    assert ttft.p90 == pytest.approx(900, rel=0.05)
    assert ttft.p99 == pytest.approx(990, rel=0.05)
    assert speed.p50 == pytest.approx(51, rel=0.05)


def test_models_and_people_have_their_own_sums_and_times(alice: User, bob: User, settled: Any) -> None:
    spent(alice, tokens=(1, 1), ttft_ms=100)
    spent(bob, tokens=(50, 50), ttft_ms=300, model_requested="beta")
    spent(bob, tokens=(5, 5), ttft_ms=300, model_requested="beta")
    settled()
    people = groups_by(Cube(Selection()), "user")
    assert [(group.label, group.sums.total) for group in people] == [("bob", 110), ("alice", 2)]
    assert people[0].sums.times("ttft").p50 == pytest.approx(300, rel=0.05)
    models = groups_by(Cube(Selection()), "model")
    assert [(group.label, group.sums.requests) for group in models] == [("beta", 2), ("alpha", 1)]


def test_a_person_counts_in_each_of_their_groups(alice: User, bob: User, settled: Any) -> None:
    for name in ("sales", "staff"):
        alice.groups.add(Group.objects.create(name=name))
    spent(alice, tokens=(1, 0))
    spent(bob, tokens=(5, 0))
    settled()
    found = [(group.label, group.sums.total) for group in groups_by(Cube(Selection()), "group")]
    assert found == [("(in no group)", 5), ("sales", 1), ("staff", 1)]
    assert (whole(group="sales").total, whole(group="nobody").total) == (1, 0)


def test_requests_of_nobody_have_a_name_too(db: None, settled: Any) -> None:
    spent(None, purpose="probe")
    settled()
    assert [(group.label, group.key) for group in groups_by(Cube(Selection()), "user")] == [("(none)", "")]


def test_outcomes_are_counted_with_their_reasons(alice: User, settled: Any) -> None:
    for _ in range(3):
        spent(alice)
    spent(alice, finish_reason="length")
    spent(alice, status="failed", finish_reason="", error_kind="rate_limited")
    settled()
    outcomes = outcomes_of(Cube(Selection()))
    assert outcomes[0] == ("complete", "stop", 3)
    assert ("failed", "rate_limited", 1) in outcomes


def test_days_without_requests_are_there_as_zero(alice: User, settled: Any) -> None:
    spent(alice, at=NOON, tokens=(1, 1))
    spent(alice, at=NOON + timedelta(days=3), tokens=(2, 2))
    settled()
    unit, found = days(Selection(until=date(2026, 3, 13)))
    assert unit == "day"
    assert [(day[-2:], total) for day, total in found] == [("10", 2), ("11", 0), ("12", 0), ("13", 4)]


def test_days_are_those_of_the_installation(alice: User, settings: Settings, settled: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    spent(alice, at=datetime(2026, 3, 29, 22, 30, tzinfo=UTC))  # the night in which Berlin's clocks jump
    settled()
    assert days(Selection(until=date(2026, 3, 30)))[1][0][0] == "2026-03-30"
    assert whole().hours == {0: 1}


@pytest.mark.parametrize(("days_before", "unit"), [(80, "day"), (400, "month"), (9000, "year")])
def test_long_spans_are_shown_by_month_or_year(
    alice: User, days_before: int, unit: str, settled: Any
) -> None:
    spent(alice, at=NOON, tokens=(1, 1))
    spent(alice, at=NOON - timedelta(days=days_before), tokens=(1, 1))
    settled()
    found, periods = days(Selection(until=date(2026, 3, 10)))
    assert (found, sum(total for _, total in periods)) == (unit, 4)
    assert len(periods) <= 93


@pytest.mark.parametrize(
    ("unit", "labels"),
    [("week", ["2026-W10", "2026-W11"]), ("month", ["2026-03"]), ("year", ["2026"])],
)
def test_another_unit_can_be_asked_for(alice: User, unit: str, labels: list[str], settled: Any) -> None:
    for day in (0, 5):
        spent(alice, at=NOON - timedelta(days=day), tokens=(1, 1))
    settled()
    found, periods = days(Selection(until=date(2026, 3, 10)), unit)
    assert (found, [label for label, _ in periods], sum(total for _, total in periods)) == (unit, labels, 4)
