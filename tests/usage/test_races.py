"""Of many sends at the same moment, in many processes, no more pass than every limit lets."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection, connections

from conversations import sending
from conversations.models import Budget, Generation, ModelPrice, Provider
from conversations.refusals import OverBudget, RateLimited
from tests.conftest import Limits

pytestmark = pytest.mark.django_db(transaction=True)


def ask(user: User, text: str = "Hello") -> sending.Sent:
    return sending.start_conversation(user, content=text)


def at_once(work: Callable[[int], object], often: int) -> int:
    """How many of so many are not refused; each has a connection of its own, as processes have."""

    def tried(number: int) -> bool:
        try:
            work(number)
        except (OverBudget, RateLimited):
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as threads:
        passed = sum(threads.map(tried, range(often)))
    connection.close()
    return passed


@pytest.mark.parametrize(("name", "limit"), [("rate_limit_messages", 3), ("max_running_per_user", 2)])
def test_of_many_at_once_no_more_pass_than_the_other_limits_let(
    alice: User, provider: Provider, limits: Limits, name: str, limit: int
) -> None:
    limits[name] = limit
    assert at_once(lambda number: ask(alice, f"Question {number}"), 16) == limit
    assert Generation.objects.count() == limit


@pytest.mark.parametrize("shared", [True, False])
def test_of_many_at_once_no_more_pass_than_the_money_pays(
    alice: User, bob: User, provider: Provider, shared: bool
) -> None:
    sales = Group.objects.create(name="sales")
    sales.user_set.set([alice, bob])
    price = {"input_price": 1_000_000, "output_price": 0, "currency": "EUR"}
    ModelPrice.objects.create(provider=provider, model="*", **price)
    ask(alice, "one two three")
    [cost] = Generation.objects.values_list("reserved_tokens", flat=True)
    assert cost == 0  # nothing limits it yet
    Generation.objects.update(status="stopped")
    Budget.objects.create(
        amount=45, group=sales, each=not shared, unit="money", currency="EUR", period="day", model="al*"
    )
    people = (alice, bob)
    passed = at_once(lambda number: ask(people[number % 2], "one two three"), 24)
    [each] = set(Generation.objects.exclude(reserved_tokens=0).values_list("reserved_tokens", flat=True))
    assert passed == (45 // each if shared else 2 * (45 // each)) > 0


def test_of_many_at_once_only_as_many_pass_as_fit(alice: User, bob: User, provider: Provider) -> None:
    ask(alice, "one two three")
    Generation.objects.update(status="stopped")
    Budget.objects.create(amount=45, each=False)  # a question is estimated at about ten tokens

    passed = at_once(lambda number: ask((alice, bob)[number % 2], "one two three"), 16)
    reserved = sum(Generation.objects.values_list("reserved_tokens", flat=True))
    assert 0 < passed < 16
    assert reserved <= 45
    assert reserved + 15 > 45
