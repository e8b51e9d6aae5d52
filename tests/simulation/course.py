"""A course of events from its seed to its end: faults at random moments, then calm, then the end."""

import asyncio
import logging
import random
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import ModuleType
from typing import Any
from unittest.mock import patch

from conversations import claims, lifecycle, reader, runner
from conversations.models.status import RUNNING
from tests.simulation.pages import Page
from tests.simulation.process import HERE, Line, in_database
from tests.simulation.virtual_time import Stuck, VirtualLoop
from tests.simulation.world import World

# Shorter than in life, so that a course meets all of them; the window holds a few frames.
LEASE, RENEWAL, REAP, WINDOW = 4.0, 1.0, 1.0, 600
# Seconds in which everything must be in order again, once nothing is broken any more.
CALM = 2 * LEASE + 10.0

# By which code asks the database; here no thread answers.
ASKING = ("in_database", "in_background")


def run(seed: int, *, page: type[Page] = Page, change: Any = None) -> list[str]:
    """The breaches of the course of this seed. `change` gets the world before it begins."""
    loop = VirtualLoop()
    random.seed(seed)
    asyncio.set_event_loop(loop)
    world = World(seed, loop, page)
    if change is not None:
        change(world)
    with ExitStack() as stack:
        for target, name, value in _rim(world):
            stack.enter_context(patch.object(target, name, value))
        logging.disable(logging.CRITICAL)
        try:
            loop.set_task_factory(_task)
            loop.run_until_complete(_course(world))
        except Stuck:
            world.judge.breach("everything waits for something that nobody does")
        finally:
            logging.disable(logging.NOTSET)
            _clear_away(loop)
    return world.judge.breaches


def _rim(world: World) -> list[tuple[Any, str, Any]]:
    """What takes the place of clocks, threads, network and layer."""
    alone = world.alone
    return [
        (time, "monotonic", world.loop.time),
        (claims, "LEASE", LEASE),
        (runner, "REAP", REAP),
        (runner, "RENEWAL", RENEWAL),
        (reader, "WINDOW", WINDOW),
        *((module, name, in_database) for name in ASKING for module in _askers(name)),
        (lifecycle, "LaterClient", lambda *arguments, **more: world.upstream),
        (lifecycle, "layer_to_others", lambda: None if alone else Line(world.layer, HERE.get())),
    ]


def _askers(name: str) -> list[ModuleType]:
    """The modules of ours that ask the database."""
    ours = [module for name, module in sys.modules.items() if name.startswith("conversations.")]
    return [module for module in ours if hasattr(module, name)]


def _task(loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> "asyncio.Task[Any]":
    task = asyncio.Task(work, loop=loop, **more)
    process = HERE.get(None)
    if process is not None:
        process.adopt(task)
    return task


def _clear_away(loop: VirtualLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    asyncio.set_event_loop(None)
    loop.close()


async def _course(world: World) -> None:
    for name in ("first",) if world.alone else ("first", "web", "runner"):
        world.start(name)
    for moment, what, arguments in sorted(_faults(world), key=lambda fault: fault[0]):
        await _until(world, moment)
        if what in TROUBLE:
            world.troubles.append(world.loop.now)
        result = what(*arguments)
        if asyncio.iscoroutine(result):
            world.tasks.append(world.loop.create_task(result))
    await _heal(world)
    if world.rows.generations:
        await _calm(world)


async def _until(world: World, moment: float) -> None:
    await asyncio.sleep(max(0.0, 1_000.0 + moment - world.loop.now))


def _faults(world: World) -> list[tuple[float, Any, tuple[Any, ...]]]:
    """(seconds from the beginning, what happens, with what)."""
    pick = world.random

    def moment() -> float:
        return pick.uniform(0.5, 8.0)

    faults: list[tuple[float, Any, tuple[Any, ...]]] = [(0.0, world.open_page, ()), (0.5, world.ask, ())]
    faults += [(pick.uniform(0, 6), world.open_page, ()) for _ in range(pick.randint(0, 2))]
    faults += [(moment(), _cut_a_socket, (world,)) for _ in range(pick.choice([0, 0, 2, 6]))]
    faults += [(moment(), _stop_acknowledging, (world,)) for _ in range(pick.choice([0, 0, 1]))]
    faults += [(moment(), world.stop, ()) for _ in range(pick.choice([0, 0, 0, 2]))]
    names = ["first"] if world.alone else ["first", "first", "web", "runner"]
    for _ in range(pick.choice([0, 0, 1, 2])):
        what = pick.choice([_crash, _crash, _deploy, _outage, _partition])
        faults.append((moment(), what, (world, pick.choice(names))))
    faults += [(pick.uniform(6, 16), world.ask, ()) for _ in range(pick.choice([0, 1, 2]))]
    return faults


def _cut_a_socket(world: World) -> None:
    page = world.random.choice(world.pages)
    if page.socket is not None:
        page.socket.cut()


async def _stop_acknowledging(world: World) -> None:
    page = world.random.choice(world.pages)
    page.acknowledges = False
    await asyncio.sleep(world.random.uniform(1, 10))
    page.acknowledge_again()


async def _crash(world: World, name: str) -> None:
    world.kill(name)
    await asyncio.sleep(world.random.choice([0.3, 2.0, LEASE + 2]))
    _start_again(world, name)


async def _deploy(world: World, name: str) -> None:
    process = world.processes[name]
    if process.alive and not process.house.going_down:
        await process.spawn(process.terminate())
    _start_again(world, name)


async def _outage(world: World, name: str) -> None:
    world.database_down = True
    await asyncio.sleep(world.random.uniform(0.2, LEASE + 4))
    world.database_down = False
    world.trouble_until = world.loop.now + 2.0


async def _partition(world: World, name: str) -> None:
    process = world.processes[name]
    process.cut_off = True
    await asyncio.sleep(world.random.uniform(0.2, 2 * LEASE))
    process.cut_off = False
    world.trouble_until = world.loop.now + 2.0


TROUBLE = (_crash, _deploy, _outage, _partition)


def _start_again(world: World, name: str) -> None:
    if not world.processes[name].alive:
        world.start(name)


async def _heal(world: World) -> None:
    """Nothing is broken any more; only the layer stays as it is."""
    await asyncio.sleep(LEASE * 2 + 4)
    for page in world.pages:
        page.acknowledge_again()
    for name, process in list(world.processes.items()):
        if not process.alive:
            world.start(name)
    if world.lost_commits:
        world.lost_commits = 0.0
    # A page that never heard of the answer, or that it goes on, learns of it when it comes back.
    for page in world.pages:
        if page.socket is not None and not page.follows:
            page.socket.cut()


async def _calm(world: World) -> None:
    await _soon(lambda: world.rows.status not in RUNNING or world.judge.caught_up())
    if world.rows.status in RUNNING:
        world.judge.check_caught_up()
    world.upstream.finish_all()
    await _soon(lambda: world.rows.status not in RUNNING and world.judge.in_agreement())
    # What is still under way may not change it any more.
    await asyncio.sleep(LEASE)
    world.judge.check_end()


async def _soon(come: Callable[[], bool]) -> None:
    """Until that is so; or long enough, and the judge says what is not."""
    for _ in range(int(CALM)):
        if come():
            return
        await asyncio.sleep(1.0)
