"""A running answer ends where its budget does: the text is kept, and it says why."""

import asyncio

import pytest
from django.contrib.auth.models import User

from conversations.lifecycle import House
from conversations.models import Budget, Generation, Provider
from conversations.threads import in_database
from tests.runner.asking import ask
from tests.scripted_upstream import ScriptedUpstream, finish, hold, text
from tests.usage.rows import spent


def make_budget(amount: int, **fields: object) -> Budget:
    return Budget.objects.create(amount=amount, **fields)


async def test_it_is_stopped_where_the_budget_is_used_up(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    await in_database(make_budget, 100)
    upstream.script(steps=[*(text(f" word{number}") for number in range(80)), hold()])
    asked = await ask(house, alice)
    await asked.until(lambda feed: feed.content.endswith("word79"))
    message, row = await asked.ended()
    assert (message.status, row.status, row.error_kind) == ("stopped", "stopped", "over_budget")
    assert message.content.startswith(" word0 word1")
    assert message.error.endswith("The answer was stopped there.")
    assert (await asyncio.to_thread(upstream.request(0).ended)).closed_early
    assert row.source == "estimated"
    assert row.total_tokens


async def test_several_that_share_a_budget_are_stopped_together(
    house: House, alice: User, bob: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    await in_database(make_budget, 200, each=False)
    upstream.script(steps=[*(text(f" word{number}") for number in range(60)), hold()])
    first, second = await ask(house, alice), await ask(house, bob)
    for asked in (first, second):
        message, _ = await asked.ended()
        assert "The budget that you share of 200 tokens" in message.error


@pytest.mark.parametrize("fields", [{"hard": False}, {"model": "beta"}, {"enabled": False}])
async def test_others_go_on(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, fields: dict[str, object]
) -> None:
    await in_database(make_budget, 1, **fields)
    await in_database(spent, alice)
    upstream.script(steps=[text("Fine."), finish(usage=(3, 2))])
    message, _ = await (await ask(house, alice)).ended()
    assert (message.status, message.content, message.error) == ("complete", "Fine.", "")
    assert await Generation.objects.filter(error_kind="over_budget").acount() == 0
