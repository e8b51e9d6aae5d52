"""How much more than its budget an answer can be: at most a second of streaming, by its upstream's log."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from conversations.estimates import estimate_tokens
from conversations.lifecycle import House
from conversations.models import Budget, Generation, Provider
from conversations.threads import in_background, in_database
from tests.faults import services
from tests.promises import IN_SECONDS
from tests.runner import asking
from tests.runner.asking import Asked, ask
from tests.scripted_upstream import ScriptedUpstream, hold, pause, text
from tests.sockets import in_thread

pytestmark = IN_SECONDS

# Words in a second, of one answer.
PACE = 50
WORD = " tide"


@pytest.fixture(autouse=True)
def _endless(upstream: ScriptedUpstream, provider: Provider) -> None:
    steps = [step for _ in range(60 * PACE) for step in (text(WORD), pause(1 / PACE))]
    for _ in range(4):
        upstream.script(steps=[*steps, hold()])


@pytest.fixture
def elsewhere(transactional_db: None) -> Iterator[services.Service]:
    """A runner in a process of its own."""
    service = services.runner_beside_the_test()
    service.start()
    yield service
    service.kill()


def seconds_over(upstream: ScriptedUpstream, budget: Budget, answers: int) -> float:
    """What the upstream had sent beyond the budget when its connections were closed, at the pace of all."""
    reserved = sum(Generation.objects.values_list("reserved_tokens", flat=True))
    words = (int(budget.amount) - reserved) * 1000 / estimate_tokens(WORD * 1000)
    sent = sum(upstream.request(number).ended().text.count(WORD) for number in range(answers))
    assert sent >= words, "it was ended before the budget was used up"
    return (sent - words) / (PACE * answers)


async def ended_by_the_budget(*asked: Asked) -> None:
    for each in asked:
        await each.until(lambda feed: feed.ended)
        message, row = await each.rows()
        assert (message.status, row.error_kind, row.source) == ("stopped", "over_budget", "estimated")


async def make_budget(amount: int, **fields: object) -> Budget:
    budget: Budget = await in_database(lambda: Budget.objects.create(amount=amount, **fields))
    return budget


async def test_one_answer(house: House, alice: User, upstream: ScriptedUpstream) -> None:
    budget = await make_budget(120)
    await ended_by_the_budget(await ask(house, alice))
    assert await in_thread(seconds_over, upstream, budget, 1) <= 1


async def test_several_that_share_a_budget(
    house: House, alice: User, bob: User, upstream: ScriptedUpstream
) -> None:
    budget = await make_budget(400, each=False)
    await ended_by_the_budget(*[await ask(house, user) for user in (alice, bob, alice, bob)])
    assert await in_thread(seconds_over, upstream, budget, 4) <= 1


async def test_two_processes_at_once(
    house: House, alice: User, upstream: ScriptedUpstream, elsewhere: services.Service
) -> None:
    assert house.runner is not None
    house.runner._at_once = 1
    budget = await make_budget(400)
    here = await ask(house, alice)
    there = await ask(house, alice)
    await in_thread(upstream.request, 1)
    owners = Generation.objects.exclude(owner="").values_list("owner", flat=True)
    assert len({owner async for owner in owners}) == 2
    await ended_by_the_budget(here)
    # Of the other process this one hears only through a layer, which there need not be.
    await in_background(asking.until, lambda: not Generation.objects.running().exists())
    assert [row.error_kind async for row in Generation.objects.all()] == ["over_budget"] * 2
    there.leave()
    assert await in_thread(seconds_over, upstream, budget, 2) <= 1
