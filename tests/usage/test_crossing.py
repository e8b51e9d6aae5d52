"""Two dimensions against each other."""

import pytest
from django.contrib.auth.models import User

from conversations.usage import Cube, Selection, crossed, fold
from conversations.usage.tables import OTHERS
from tests.usage.rows import spent


@pytest.fixture
def rows(alice: User, bob: User) -> None:
    spent(alice, tokens=(1, 1), cost=1, currency="USD")
    spent(alice, tokens=(10, 10), model_requested="beta", status="stopped", cost=2, currency="EUR")
    spent(bob, tokens=(100, 100), cost=3, currency="USD")
    fold()


def lines(first: str, second: str, measure: str = "total", most: int = 9) -> list[tuple[str, list[str]]]:
    found = crossed(Cube(Selection()), first, second, measure=measure, most=most)
    return [("", found.columns), *found.lines()]


def test_people_by_model(rows: None) -> None:
    assert lines("user", "model") == [("", ["alpha", "beta"]), ("bob", ["200", ""]), ("alice", ["2", "20"])]


def test_outcomes_by_month(rows: None) -> None:
    found = crossed(Cube(Selection()), "status", "month", measure="requests", most=9)
    assert found.rows == ["Complete", "Stopped"]
    assert [cells for _, cells in found.lines()] == [["2"], ["1"]]


def test_cost_keeps_currencies_apart(rows: None) -> None:
    assert dict(lines("user", "provider", "cost"))["alice"] == ["2.00 EUR + 1.00 USD"]


def test_what_does_not_fit_is_one_line_of_others(rows: None) -> None:
    assert lines("user", "model", most=1) == [
        ("", ["alpha", OTHERS]),
        ("bob", ["200", ""]),
        (OTHERS, ["2", "20"]),
    ]


@pytest.mark.parametrize("first", ["user", "group", "provider", "model", "purpose", "status", "day", "week"])
def test_everything_can_be_crossed(rows: None, first: str) -> None:
    second = "month" if first != "month" else "model"
    found = crossed(Cube(Selection()), first, second, measure="total", most=9)
    assert sum(sum(amount.values()) for line in found.cells.values() for amount in line.values()) == 222
