"""A hundred streams for three minutes: memory, file descriptors and connections stay where they are."""

import asyncio
import time
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass

import psutil
import pytest

from tests.faults.columns import Sole
from tests.faults.conftest import tokens
from tests.faults.person import Person
from tests.faults.services import MEBIBYTE
from tests.faults.tab import Tab
from tests.scripted_upstream import ScriptedUpstream

pytestmark = pytest.mark.slow

STREAMS, SECONDS, WARM = 100, 180.0, 45.0
# Answers of eight seconds, four tokens a second in each stream.
STEPS = tokens(32, 0.25)
GROWTH = 25  # MiB; the collector and the caches breathe


@dataclass(frozen=True)
class Measured:
    memory: float  # MiB
    files: int
    connections: int

    @classmethod
    def of(cls, process: psutil.Process) -> "Measured":
        memory = process.memory_info().rss / MEBIBYTE
        return cls(memory, process.num_fds(), len(process.net_connections()))


async def keep_asking(tab: Tab, until: float) -> int:
    """One answer after the other; how many there were."""
    count = 0
    while time.monotonic() < until:
        before = tab.done["message"] if tab.done else ""
        await tab.say("message.send", client_id=str(uuid.uuid4()), content="Go on", model="soak")
        await tab.until("an answer", lambda tab, last=before: tab.done and tab.done["message"] != last)
        assert tab.done is not None
        assert tab.done["status"] == "complete", tab.done
        # The soak must not grow itself.
        tab.frames.clear()
        count += 1
    return count


async def test_a_hundred_streams_for_three_minutes(
    sole: Sole, person: Person, paced: ScriptedUpstream
) -> None:
    paced.script(model="soak-begin", steps=tokens(1, 0.0))
    paced.script(model="soak", steps=STEPS)
    await person.enter(sole)
    [web] = sole.webs
    assert web.process is not None
    process = psutil.Process(web.process.pid)
    async with AsyncExitStack() as stack:
        tabs = []
        for _ in range(STREAMS):
            conversation = await person.begin(web, "soak-begin")
            tabs.append(await stack.enter_async_context(Tab.open(person.session, sole.webs, conversation)))
        for tab in tabs:
            await tab.until_done()
        end = time.monotonic() + SECONDS
        asking = [asyncio.create_task(keep_asking(tab, end)) for tab in tabs]
        await asyncio.sleep(WARM)
        warm = Measured.of(process)
        await asyncio.sleep(end - time.monotonic() - 1)
        last = Measured.of(process)
        answers = sum(await asyncio.gather(*asking))
        assert not any(tab.breaches or tab.codes for tab in tabs)
    assert last.memory - warm.memory < GROWTH, (warm, last)
    assert last.files <= warm.files + 10, (warm, last)
    assert last.connections <= warm.connections + 10, (warm, last)
    assert answers > STREAMS
    assert web.is_alive, web.output
