"""What pages do to an answer: nothing. They come, go, come late, ask twice, stop it, and read slowly."""

import signal
import time
import uuid

import pytest

from tests.faults.columns import Column
from tests.faults.conftest import Stage, tokens
from tests.faults.judge import judge
from tests.promises import IN_SECONDS
from tests.scripted_upstream import hold, pause, text

pytestmark = pytest.mark.slow


async def test_six_reloads(stage: Stage, column: Column) -> None:
    case = await stage.begin(column, tokens(150))
    for number in range(6):
        await case.tabs[0].until_tokens(20 * (number + 1))
        await case.tabs[0].reload()
    await judge(case, column.webs, status="complete")
    assert not any(tab.breaches for tab in case.tabs)


@IN_SECONDS
async def test_a_late_tab_and_a_duplicate(stage: Stage, column: Column) -> None:
    case = await stage.begin(column, tokens(100))
    await case.tabs[0].until_tokens(50)
    late = await stage.open_tab(case, column.webs)
    begun = time.monotonic()
    await late.until_tokens(50)
    assert time.monotonic() - begun < 2
    await judge(case, column.webs, status="complete")


async def test_the_same_message_again_and_another_one(stage: Stage, column: Column) -> None:
    case = await stage.begin(column, [text("Hello. "), hold()], tabs=2)
    tab = case.tabs[0]
    await tab.until_tokens(1)
    export = await case.person.export(column.webs[0], case.conversation)
    for _ in range(5):
        # Under a client_id that is known; and once more under a new one, while the answer runs.
        await tab.say("message.send", client_id=str(uuid.uuid4()), content="More", model=case.model)
    await tab.until("five refusals", lambda tab: sum(f["type"] == "error" for f in tab.frames) == 5)
    assert {f["code"] for f in tab.frames if f["type"] == "error"} == {"busy"}
    again = await case.person.export(column.webs[0], case.conversation)
    assert len(again["messages"]) == len(export["messages"]) == 2
    await tab.say("generation.stop", message=tab.message)
    await judge(case, column.webs, status="stopped")


async def test_one_client_id_is_one_answer(stage: Stage, column: Column) -> None:
    case = await stage.begin(column, tokens(3, 0.0), tabs=2)
    first = await case.tabs[0].until_done()
    client_id = str(uuid.uuid4())
    for tab in (*case.tabs, *case.tabs):
        await tab.say("message.send", client_id=client_id, content="Once", model=case.model)
    for tab in case.tabs:
        await tab.until("the second answer", lambda tab: (tab.done or first)["message"] != first["message"])
    assert len(case.asked) == 2


@IN_SECONDS
@pytest.mark.parametrize("where", ["the same process", "another process", "a form"])
async def test_stop(stage: Stage, column: Column, where: str) -> None:
    case = await stage.begin(column, tokens(1000))
    tab = case.tabs[1 if where == "another process" else 0]
    await tab.until_tokens(20)
    begun = time.monotonic()
    if where == "a form":
        web, page = column.webs[-1], f"/conversations/{case.conversation}/"
        await case.person.submit(web, page, f"{page}messages/{tab.message}/stop/")
    else:
        await tab.say("generation.stop", message=tab.message)
    await tab.until_done()
    assert time.monotonic() - begun < 1.5
    answer = await judge(case, column.webs, status="stopped")
    assert answer["usage"]["source"] == "estimated"
    assert case.asked[0].ended().closed_early


async def test_a_tab_that_does_not_read(stage: Stage, column: Column) -> None:
    """It gets what fits its window; the other one gets everything; the process does not grow."""
    words = [step for _ in range(60) for step in (text("x" * 20_000 + " "), pause(0.01))]
    case = await stage.begin(column, words + tokens(1, 0.0))
    slow, other = case.tabs
    await slow.until("something", lambda tab: tab.frames)
    before = max(web.memory() for web in column.webs)
    slow.reads.clear()
    await other.until_done()
    assert max(web.memory() for web in column.webs) - before < 60
    slow.reads.set()
    await judge(case, column.webs, status="complete")


async def test_a_person_who_signs_out(stage: Stage, column: Column) -> None:
    """The sockets close within a minute (here a second or two); the answer goes on and is saved."""
    case = await stage.begin(column, tokens(200))
    tab = case.tabs[0]
    await tab.until_tokens(10)
    await case.person.sign_out(column)
    await tab.until("4401", lambda tab: 4401 in tab.codes)
    await case.person.sign_in(column)
    await judge(case, column.webs, status="complete")


async def test_an_event_loop_that_stands_still(stage: Stage, column: Column) -> None:
    case = await stage.begin(column, tokens(200))
    await case.tabs[0].until_tokens(20)
    for service in {*column.webs, *column.owners}:
        service.send(signal.SIGUSR1)
    await judge(case, column.webs, status="complete")
