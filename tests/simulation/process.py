"""A process of ours in the simulation: a real House that can be killed, cut off, and told to end."""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from django.db import OperationalError

from conversations.lifecycle import House

if TYPE_CHECKING:
    from tests.simulation.pages import Socket
    from tests.simulation.world import World

# Whose code runs: tasks and timers inherit it.
HERE: contextvars.ContextVar["Process"] = contextvars.ContextVar("HERE")


class Process:
    def __init__(self, world: "World", name: str, *, with_runner: bool, sole: bool) -> None:
        self.world, self.name, self.with_runner, self.sole = world, name, with_runner, sole
        self.alive = True
        self.cut_off = False
        self.sockets: set[Socket] = set()
        self._tasks: list[asyncio.Task[Any]] = []
        self._context = contextvars.copy_context()
        self._context.run(HERE.set, self)
        self.house: House = self.do(House, with_runner=with_runner, grace=0.5)
        self.do(self.house.start, sole=sole)

    def do(self, function: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
        # A copy: one context cannot be entered twice, and rings call back.
        return self._context.copy().run(function, *arguments, **more)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        task: asyncio.Task[Any] = self.do(asyncio.get_running_loop().create_task, work)
        return task

    def adopt(self, task: "asyncio.Task[Any]") -> None:
        """Of the loop's task factory: what this process started dies with it."""
        self._tasks.append(task)

    def kill(self) -> None:
        """As SIGKILL does: nothing more is written, rung or sent; every socket is gone."""
        self.alive = False
        for socket in list(self.sockets):
            socket.cut()
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()

    async def terminate(self) -> None:
        """As SIGTERM does."""
        await self.house.drain()
        self.kill()


async def in_database(function: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """In place of the database threads: takes time, fails in an outage, and goes on if nobody waits."""
    process = HERE.get()
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Any] = loop.create_future()

    def settle(settle_it: Callable[[Any], None], value: Any) -> None:
        if process.alive and not done.done():
            settle_it(value)

    def work() -> None:
        try:
            result = _transaction(process, getattr(function, "__name__", ""), *arguments, **more)
        except OperationalError as error:
            loop.call_later(0.02, settle, done.set_exception, error)
        else:
            loop.call_later(process.world.random.uniform(0, 0.01), settle, done.set_result, result)

    loop.call_later(process.world.random.uniform(0, 0.01), work)
    return await done


def _transaction(process: Process, name: str, *arguments: Any, **more: Any) -> Any:
    world = process.world
    if world.database_down or process.cut_off or not process.alive:
        raise OperationalError("The database is away.")
    # What is not of an answer (a sign of life, the trash) does nothing here.
    work = world.rows.work.get(name)
    result = work(*arguments, **more) if work is not None else None
    if world.random.random() < world.lost_commits:
        world.lost_a_commit, world.trouble_until = True, world.loop.now + 2.0
        raise OperationalError("It was committed, but the answer was lost with the connection.")
    return result


class Line:
    """What one process sees of the channel layer; a dead one is neither heard nor does it hear."""

    def __init__(self, layer: Any, process: Process) -> None:
        self._layer, self._process = layer, process

    def __getattr__(self, name: str) -> Any:
        if not self._process.alive:
            raise ConnectionError("This process is dead.")
        return getattr(self._layer, name)
