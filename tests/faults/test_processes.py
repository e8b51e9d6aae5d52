"""What happens to processes: killed, frozen, deployed one after the other, blocked."""

import asyncio
import signal
import time

import pytest

from tests.faults import quick
from tests.faults.columns import Column, Grown, Sole
from tests.faults.conftest import Stage, tokens
from tests.faults.judge import Case, judge
from tests.faults.services import uvicorn
from tests.promises import IN_SECONDS
from tests.scripted_upstream import ScriptedUpstream

pytestmark = pytest.mark.slow

LOSS = 0.5 / 0.02 + 3  # tokens of half a second, and what is on its way


async def running(stage: Stage, column: Column, count: int = 250) -> Case:
    case = await stage.begin(column, tokens(count))
    await case.tabs[0].until_tokens(60)
    return case


@IN_SECONDS
async def test_kill_9_of_the_only_process(stage: Stage, sole: Sole) -> None:
    case = await running(stage, sole)
    shown = case.tabs[0].text.count(" ")
    sole.webs[0].kill()
    sole.stand()
    begun = time.monotonic()
    while 'data-status="interrupted"' not in await case.person.page(sole.webs[0], case.conversation):
        assert time.monotonic() - begun < 2
    answer = await judge(case, sole.webs, status="interrupted")
    assert answer["content"].count(" ") >= shown - LOSS


async def test_sigterm_of_the_only_process(stage: Stage, sole: Sole) -> None:
    case = await running(stage, sole, 1000)
    assert await asyncio.to_thread(sole.webs[0].terminate) == 0
    assert case.asked[0].ended().closed_early
    sole.stand()
    answer = await judge(case, sole.webs, status="interrupted")
    assert case.tabs[0].codes[0] == 4012
    assert answer["content"].count(" ") >= 60


async def test_kill_9_of_one_web_process(stage: Stage, grown: Grown) -> None:
    case = await running(stage, grown)
    grown.webs[0].kill()
    answer = await judge(case, grown.webs, status="complete")
    assert answer["content"].count(" ") == 250


async def test_a_rolling_deploy(stage: Stage, grown: Grown) -> None:
    case = await running(stage, grown, 600)
    for web in grown.webs:
        assert await asyncio.to_thread(web.terminate) == 0
        await asyncio.to_thread(web.start)
    await judge(case, grown.webs, status="complete")
    assert {code for tab in case.tabs for code in tab.codes} == {4012}


@IN_SECONDS
async def test_kill_9_of_the_runner(stage: Stage, grown: Grown) -> None:
    case = await running(stage, grown)
    shown = case.tabs[0].text.count(" ")
    grown.owners[0].kill()
    await asyncio.to_thread(grown.owners[0].start)
    answer = await judge(case, grown.webs, status="interrupted")
    assert answer["content"].count(" ") >= shown - LOSS


async def test_a_runner_that_freezes_and_wakes(stage: Stage, grown: Grown) -> None:
    """Another one gives it up; when it wakes it writes nothing and closes its upstream."""
    case = await running(stage, grown, 2000)
    frozen = grown.owners[0]
    frozen.send(signal.SIGSTOP)
    second = type(frozen)(frozen.command, frozen.says, frozen.environment)
    second.start()
    try:
        await case.tabs[0].until_done()
        frozen.send(signal.SIGCONT)
        await asyncio.to_thread(case.asked[0].ended)
        assert case.asked[0].closed_early
        await judge(case, grown.webs, status="interrupted")
    finally:
        second.kill()


async def test_a_clock_that_is_an_hour_off(stage: Stage, grown: Grown) -> None:
    """Leases are measured by the database's clock only: a runner with a wrong one neither reaps nor dies."""
    right = grown.owners[0]
    wrong = type(right)(right.command, right.says, right.environment)
    wrong.start(FAULTS_CLOCK="1")
    try:
        case = await stage.begin(grown, tokens(int(2 * quick.LEASE / 0.02)))
        await judge(case, grown.webs, status="complete")
    finally:
        wrong.kill()


async def test_sigterm_under_uvicorn(stage: Stage, sole: Sole, paced: ScriptedUpstream) -> None:
    """The same application on a server with a lifespan."""
    await stage.person.enter(sole)
    await asyncio.to_thread(sole.webs[0].terminate)
    other = uvicorn(sole.data, **sole.environment)
    webs, sole.webs = sole.webs, [other]
    try:
        await asyncio.to_thread(other.start)
        case = await stage.begin(sole, tokens(1000))
        await case.tabs[0].until_tokens(60)
        await asyncio.to_thread(other.terminate)
        assert case.asked[0].ended().closed_early
        await asyncio.to_thread(other.start)
        await judge(case, sole.webs, status="interrupted")
    finally:
        if other.is_alive:
            other.kill()
        sole.webs = webs
