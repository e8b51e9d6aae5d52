"""The columns stand for all cases of a module; what a case broke is set up again before the next one."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from tests.faults.columns import Column, Grown, Sole
from tests.faults.judge import Case
from tests.faults.person import Person
from tests.faults.services import Service
from tests.faults.tab import Tab
from tests.scripted_upstream import ScriptedUpstream, Step, finish, pause, text


def tokens(count: int, pace: float = 0.02, end: Step | None = None) -> list[Step]:
    """`count` words, one every `pace` seconds, each with its number."""
    steps = []
    for number in range(count):
        steps += [text(f"word{number} "), pause(pace)]
    return [*steps, end or finish(usage=(3, count))]


@pytest.fixture(scope="session")
def paced() -> Iterator[ScriptedUpstream]:
    """Outlives the cases: it is what the servers were told at their start."""
    server = ScriptedUpstream()
    yield server
    server.close()


@pytest.fixture(scope="session")
def sole_column(paced: ScriptedUpstream) -> Iterator[Sole]:
    column = Sole(paced.base_url)
    yield column
    column.close()


@pytest.fixture(scope="session")
def grown_column(paced: ScriptedUpstream) -> Iterator[Grown]:
    column = Grown(paced.base_url)
    yield column
    column.close()


@pytest.fixture
def sole(sole_column: Sole) -> Sole:
    sole_column.stand()
    return sole_column


@pytest.fixture
def grown(grown_column: Grown) -> Grown:
    grown_column.stand()
    return grown_column


@pytest.fixture(params=["sole", "grown"])
def column(request: pytest.FixtureRequest) -> Column:
    standing: Column = request.getfixturevalue(request.param)
    return standing


@pytest.fixture
async def person() -> AsyncIterator[Person]:
    person = Person()
    yield person
    await person.close()


class Stage:
    """Begins answers and opens tabs; all tabs are closed when the case is over."""

    def __init__(self, person: Person, upstream: ScriptedUpstream, stack: AsyncExitStack) -> None:
        self.person, self.upstream, self.stack = person, upstream, stack

    async def begin(self, column: Column, steps: list[Step], *, tabs: int = 2) -> Case:
        """An answer of these steps, asked for and watched by that many tabs."""
        model = f"case-{uuid.uuid4().hex[:12]}"
        self.upstream.script(model=model, steps=steps)
        await self.person.enter(column)
        conversation = await self.person.begin(column.webs[0], model)
        case = Case(self.person, conversation, self.upstream, model)
        for _ in range(tabs):
            await self.open_tab(case, column.webs)
        return case

    async def open_tab(self, case: Case, webs: list[Service]) -> Tab:
        shifted = [*webs[len(case.tabs) % len(webs) :], *webs[: len(case.tabs) % len(webs)]]
        tab = await self.stack.enter_async_context(Tab.open(self.person.session, shifted, case.conversation))
        case.tabs.append(tab)
        return tab


@pytest.fixture
async def stage(person: Person, paced: ScriptedUpstream) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        yield Stage(person, paced, stack)
