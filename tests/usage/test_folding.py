"""Every ended request is in the rollups once: while several fold, after a crash, and after a rebuild."""

import io
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, connections
from pytest_django import Settings

from conversations.bookkeeping import sweep
from conversations.departures import pseudonym
from conversations.models import Generation, UsageRollup
from conversations.usage import Cube, Selection, Sums, folding
from conversations.usage.cube import settled
from conversations.usage.folding import fold
from conversations.usage.rebuilding import rebuild, rebuild_if_days_moved
from conversations.usage.sums import SPREADS
from tests.conftest import Limits
from tests.usage.rows import spent

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def some(users: list[User], count: int, *, seed: int = 1) -> None:
    """Requests of every kind, over three months."""
    dice = random.Random(seed)
    for _ in range(count):
        spent(
            dice.choice(users),
            at=NOON + timedelta(hours=dice.randrange(-1500, 700)),
            tokens=(dice.randrange(1000), dice.randrange(1000)),
            status=dice.choice(["complete", "stopped", "failed", "interrupted", "queued"]),
            model_requested=dice.choice(["alpha", "beta", ""]),
            provider_name=dice.choice(["one", "two"]),
            purpose=dice.choice(["answer", "retry", "probe"]),
            error_kind=dice.choice(["", "", "lost"]),
            ttft_ms=dice.choice([None, 1, 20, 300]),
            duration_ms=dice.choice([None, 400, 5000]),
            cost=dice.choice([None, Decimal("0.00000001"), Decimal("1.5")]),
            currency=dice.choice(["USD", "EUR"]),
            source=dice.choice(["reported", "estimated"]),
        )


def rollups() -> list[dict[str, Any]]:
    rows = UsageRollup.objects.order_by("key").values()
    return [{k: bytes(v) if isinstance(v, memoryview) else v for k, v in row.items()} for row in rows]


def test_folded_bit_by_bit_equals_rebuilt(alice: User, bob: User) -> None:
    some([alice, bob], 150)
    while fold(17):
        pass
    some([alice, bob], 60, seed=2)
    while fold(7):
        pass
    folded = rollups()
    call_command("rebuildusage", stdout=io.StringIO())
    assert rollups() == folded
    assert len(folded) > 100


def test_a_rebuild_repairs_whatever_was_there(alice: User) -> None:
    some([alice], 40)
    fold()
    right = rollups()
    UsageRollup.objects.filter(axis="model").delete()
    UsageRollup.objects.update(total=7)
    stray = rollups()[0] | {"key": "stray", "day": NOON.date() + timedelta(days=400)}
    UsageRollup.objects.create(**stray)
    rebuild()
    assert rollups() == right


@pytest.mark.parametrize(
    "columns",
    [
        (), ("model",), ("day",), ("reason", "purpose"), ("user_name", "status"), ("user_name", "reason"),
        ("user_name", "provider_name"), ("user_name", "purpose", "day"), ("user_name", "model"),
    ],
)  # fmt: skip
def test_the_rollups_say_what_the_ledger_says(alice: User, bob: User, columns: tuple[str, ...]) -> None:
    some([alice, bob], 120)
    chosen = Selection(since=(NOON - timedelta(days=40)).date(), until=(NOON + timedelta(days=9)).date())
    before = Cube(chosen).grouped(*columns, spreads=SPREADS)
    fold()
    assert Cube(chosen).grouped(*columns, spreads=SPREADS) == before


@pytest.mark.parametrize("narrowed", [{}, {"provider": "one"}, {"purpose": "retry"}, {"status": "failed"}])
def test_one_filter_makes_no_table_read_the_finest_rows(alice: User, narrowed: dict[str, Any]) -> None:
    """Of those there are nearly as many as requests."""
    some([alice], 40)
    fold()
    cube = Cube(Selection(**narrowed))
    for column in ("user_name", "provider_name", "model", "purpose", "status"):
        rows = cube._rollups((column,))
        assert rows.exists()
        assert not rows.filter(axis="").exists(), column


def test_what_runs_is_folded_when_it_has_ended(alice: User) -> None:
    row = spent(alice, status="streaming", lease_until=NOON)
    assert fold() == []
    Generation.objects.filter(pk=row.pk).update(status="complete", total_tokens=9)
    assert fold() == [row.pk]
    assert fold() == []
    assert UsageRollup.objects.get(axis="total", level=1).total == 9


def test_several_who_fold_at_once_count_nothing_twice(alice: User, bob: User) -> None:
    some([alice, bob], 120)

    def keep_folding(_: int) -> int:
        try:
            count = 0
            while ids := fold(5):
                count += len(ids)
            return count
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(keep_folding, range(4)))
    connection.close()
    folded = rollups()
    ended = Generation.objects.exclude(status="queued").count()
    # Two may have read the same rows as waiting, but only one has added them.
    assert sum(counts) == ended
    rebuild()
    assert rollups() == folded


def test_a_crash_while_folding_leaves_nothing_half_done(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    some([alice], 20)

    def die(rows: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(folding, "add_to_rollups", die)
        with pytest.raises(KeyboardInterrupt):
            fold()
    assert not Generation.objects.filter(rolled_up=True).exists()
    sweep()
    folded = rollups()
    rebuild()
    assert rollups() == folded


def test_other_days_after_another_time_zone(alice: User, settings: Settings) -> None:
    spent(alice, at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    fold()
    assert not rebuild_if_days_moved()
    settings.TIME_ZONE = "Asia/Kolkata"
    assert rebuild_if_days_moved()
    assert {row.day.day for row in UsageRollup.objects.filter(level=1)} == {2}
    assert not rebuild_if_days_moved()


def test_a_pseudonym_replaces_the_name_in_the_rollups_too(alice: User, bob: User, limits: Limits) -> None:
    limits["ledger_names"] = "pseudonym"  # type: ignore[assignment]
    some([alice, bob], 60)
    fold()
    name = pseudonym(alice.pk)
    alice.delete()
    assert set(UsageRollup.objects.filter(axis="user").values_list("user_name", flat=True)) == {"bob", name}
    renamed = rollups()
    rebuild()
    assert rollups() == renamed


def test_a_page_that_is_overtaken_by_a_fold_looks_again(alice: User) -> None:
    some([alice], 30)
    looks = []

    def answer(cube: Cube) -> int:
        looks.append(cube)
        if len(looks) == 1:
            fold()
        return cube.grouped().get((), Sums()).requests

    assert settled(Selection(), answer) == 30
    assert len(looks) == 2
