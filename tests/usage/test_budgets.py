"""Budgets: what counts, who is refused, and that many at once get no more than fits."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from conversations import budgets, sending
from conversations.models import (
    Budget,
    Conversation,
    Generation,
    GenerationEvent,
    Message,
    ModelPrice,
    Provider,
)
from conversations.refusals import OverBudget
from conversations.usage import Cube, fold
from tests.usage.rows import spent


def budget(amount: int, **fields: Any) -> Budget:
    return Budget.objects.create(amount=amount, **fields)


def used(user: User) -> Decimal:
    [standing] = budgets.standings(user)
    return standing.used


def ask(user: User, text: str = "Hello") -> sending.Sent:
    return sending.start_conversation(user, content=text)


def test_what_was_used_before_counts(alice: User, bob: User, provider: Provider) -> None:
    budget(100)
    spent(alice, tokens=(60, 39))
    spent(bob, tokens=(500, 500))
    assert used(alice) == 99
    fold()
    assert used(alice) == 99
    with pytest.raises(OverBudget, match="need more than the 1 tokens that are left"):
        ask(alice)
    assert not Conversation.objects.exists()
    spent(alice, tokens=(1, 0))
    with pytest.raises(OverBudget, match="of 100 tokens a month is used up") as no:
        ask(alice)
    assert (no.value.code, no.value.http_status) == ("over_budget", 429)


@pytest.mark.parametrize(
    ("fields", "mine"),
    [
        ({"user": "alice"}, True),
        ({"user": "bob"}, False),
        ({"group": "sales"}, True),
        ({"group": "others"}, False),
        ({"model": "alpha"}, True),
        ({"model": "al*"}, True),
        ({"model": "beta"}, False),
        ({"enabled": False}, False),
        ({"hard": False}, False),
    ],
)
def test_a_budget_is_for_whom_and_what_it_says(
    alice: User, bob: User, provider: Provider, fields: dict[str, Any], mine: bool
) -> None:
    groups = {name: Group.objects.create(name=name) for name in ("sales", "others")}
    alice.groups.add(groups["sales"])
    people = {"alice": alice, "bob": bob}
    fields = fields | {k: v[fields[k]] for k, v in (("user", people), ("group", groups)) if k in fields}
    budget(10, **fields)
    spent(alice, tokens=(10, 0))
    if mine:
        with pytest.raises(OverBudget):
            ask(alice)
    else:
        assert ask(alice).answer.status == "queued"


def test_a_shared_budget_is_used_up_together(alice: User, bob: User, provider: Provider) -> None:
    group = Group.objects.create(name="sales")
    alice.groups.add(group)
    bob.groups.add(group)
    budget(100, group=group, each=False)
    spent(bob, tokens=(100, 0))
    with pytest.raises(OverBudget, match="The budget that you share"):
        ask(alice)


@pytest.mark.parametrize(("period", "days"), [("day", 1), ("month", 31)])
def test_a_new_period_begins_anew(alice: User, provider: Provider, period: str, days: int) -> None:
    budget(10, period=period)
    spent(alice, tokens=(99, 0), at=timezone.now() - timedelta(days=days))
    assert used(alice) == 0
    budget_row = Budget.objects.get()
    Budget.objects.filter(pk=budget_row.pk).update(amount=1000)
    assert ask(alice).answer.status == "queued"


def test_money_counts_in_its_currency(alice: User, provider: Provider) -> None:
    budget(1, unit="money", currency="EUR")
    spent(alice, cost=Decimal("0.75"), currency="EUR")
    spent(alice, cost=Decimal(9), currency="USD")
    assert used(alice) == Decimal("0.75")
    ModelPrice.objects.create(
        provider=provider, model="*", input_price=100_000, output_price=0, currency="EUR"
    )
    with pytest.raises(OverBudget, match=r"left of your budget"):
        ask(alice, "word " * 50)


def test_what_runs_counts_by_its_text(alice: User, provider: Provider) -> None:
    budget(1000)
    ask(alice, "one two three")
    row = Generation.objects.get()
    assert used(alice) == row.reserved_tokens > 0
    for seq in (1, 2):
        GenerationEvent.objects.create(
            generation=row, seq_from=seq, seq_to=seq, content=" four words of text"
        )
        assert used(alice) == row.reserved_tokens + 4 * seq


def test_a_soft_budget_says_so_and_refuses_nothing(alice: User, provider: Provider) -> None:
    budget(10, hard=False)
    assert budgets.notices(alice) == []
    spent(alice, tokens=(10, 0))
    assert budgets.notices(alice) == [
        "Your budget of 10 tokens a month is used up. It begins anew the first of next month."
    ]
    assert ask(alice).answer.status == "queued"
    assert Generation.objects.get(status="queued").reserved_tokens == 0


def test_a_hard_budget_is_announced_before_its_end(alice: User) -> None:
    budget(100)
    spent(alice, tokens=(79, 0))
    assert budgets.notices(alice) == []
    spent(alice, tokens=(6, 0))
    assert "is used to 85%" in budgets.notices(alice)[0]


def test_every_verb_is_refused(alice: User, provider: Provider) -> None:
    sent = ask(alice)
    sending.stop(alice, sent.conversation.id, sent.answer.id)
    budget(1)
    spent(alice)
    before = Message.objects.count()
    with pytest.raises(OverBudget):
        sending.send(alice, sent.conversation.id, content="More", client_id=uuid.uuid4())
    with pytest.raises(OverBudget):
        sending.retry(alice, sent.conversation.id, sent.answer.id)
    assert Message.objects.count() == before


def test_what_ends_or_is_folded_while_one_looks_counts_once(
    alice: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two of the reads: before and after the sums of what has ended."""
    budget(1000)
    ask(alice, "one two three")
    running = Generation.objects.get()
    Generation.objects.filter(pk=running.pk).update(reserved_tokens=70)
    spent(alice, tokens=(30, 0))
    meanwhile: list[Callable[[], object]] = [
        fold,
        fold,
        lambda: Generation.objects.filter(pk=running.pk).update(status="complete", total_tokens=70),
        fold,
    ]
    read = Cube._read

    def overtaken(cube: Cube, *asked: Any) -> Any:
        if meanwhile:
            meanwhile.pop(0)()
        found = read(cube, *asked)
        if meanwhile:
            meanwhile.pop(0)()
        return found

    monkeypatch.setattr(Cube, "_read", overtaken)
    assert used(alice) == 100
    assert meanwhile == []
