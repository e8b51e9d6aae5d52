"""What happens around us: Redis and PostgreSQL away, a full disk, a lossy layer, an upstream that breaks."""

import asyncio
import resource
import uuid

import pytest

from tests.faults import quick
from tests.faults.columns import Column, Grown, Sole, services_of
from tests.faults.conftest import Stage, tokens
from tests.faults.judge import judge
from tests.scripted_upstream import comment, hold, pause, reset, text

pytestmark = pytest.mark.slow


async def test_redis_is_away_for_two_seconds(stage: Stage, grown: Grown) -> None:
    case = await stage.begin(grown, tokens(300))
    await case.tabs[0].until_tokens(40)
    await asyncio.to_thread(grown.valkey.stop)
    await asyncio.sleep(2)
    await asyncio.to_thread(grown.valkey.start)
    await judge(case, grown.webs, status="complete")
    assert not any(tab.codes for tab in case.tabs), "a socket was closed"


async def test_a_message_while_redis_is_away(stage: Stage, grown: Grown) -> None:
    case = await stage.begin(grown, tokens(5, 0.0))
    first = await case.tabs[0].until_done()
    await asyncio.to_thread(grown.valkey.stop)
    try:
        client_id = "7f0f3c1e-3f1e-4b6e-9d8a-2f6d6f0b1c11"
        await case.tabs[0].say("message.send", client_id=client_id, content="More", model=case.model)
        await case.tabs[0].until("its answer", lambda tab: (tab.done or first)["message"] != first["message"])
    finally:
        await asyncio.to_thread(grown.valkey.start)
    assert case.tabs[0].done is not None
    assert case.tabs[0].done["status"] == "complete"


@pytest.mark.parametrize("seconds", [0, 3])
async def test_postgresql_is_away(stage: Stage, grown: Grown, seconds: int) -> None:
    case = await stage.begin(grown, tokens(400))
    await case.tabs[0].until_tokens(40)
    await asyncio.to_thread(grown.postgres_down)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(grown.postgres_up)
    await judge(case, grown.webs, status="complete")


async def test_postgresql_is_away_longer_than_the_lease(stage: Stage, grown: Grown) -> None:
    """Its runner lives, and renews its lease before anyone may give it up."""
    case = await stage.begin(grown, tokens(700))
    await case.tabs[0].until_tokens(40)
    await asyncio.to_thread(grown.postgres_down)
    await asyncio.sleep(quick.LEASE + 2)
    await asyncio.to_thread(grown.postgres_up)
    await judge(case, grown.webs, status="complete")


@pytest.mark.parametrize("share", ["0.3", "1"])
async def test_a_layer_that_loses(stage: Stage, grown: Grown, share: str) -> None:
    for service in services_of(grown):
        service.kill()
    grown.stand(FAULTS_DROP=share)
    try:
        case = await stage.begin(grown, tokens(200))
        await judge(case, grown.webs, status="complete")
        first = case.tabs[0].message
        await case.tabs[0].say("message.send", client_id=str(uuid.uuid4()), content="More", model=case.model)
        for tab in case.tabs:
            # The second one may not have been told that there is another answer.
            await tab.until("the next answer", lambda tab: tab.done["message"] != first)
        assert case.tabs[0].text == case.tabs[1].text == case.asked[1].text
    finally:
        for service in services_of(grown):
            service.kill()


async def test_a_full_disk(stage: Stage, sole: Sole) -> None:
    """No file of the process may grow or be written for a while; then all is well again."""
    case = await stage.begin(sole, tokens(300))
    await case.tabs[0].until_tokens(40)
    process = sole.webs[0].process
    assert process is not None
    infinite = resource.RLIM_INFINITY
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, infinite))
    await asyncio.sleep(2)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (infinite, infinite))
    await judge(case, sole.webs, status="complete")


async def test_an_upstream_that_resets(stage: Stage, column: Column) -> None:
    case = await stage.begin(column, tokens(100, 0.01, end=reset()))
    answer = await judge(case, column.webs, status="interrupted")
    assert answer["content"].count(" ") == 100


@pytest.mark.parametrize("how", ["silent", "comments"])
async def test_an_upstream_that_says_no_more(stage: Stage, sole: Sole, how: str) -> None:
    sole.webs[0].kill()
    sole.stand(UPSTREAM_IDLE_TIMEOUT="1")
    try:
        drip = [step for _ in range(100) for step in (comment(), pause(0.1))]
        case = await stage.begin(sole, [text("Well "), *(drip if how == "comments" else [hold()])])
        answer = await judge(case, sole.webs, status="interrupted")
        assert answer["error"]
    finally:
        sole.webs[0].kill()
