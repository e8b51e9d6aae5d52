"""What one process holds while it serves: its feeds, its doorbell, its runner and its sockets; start and end.

The same under Daphne, which has no lifespan (the first request or `serve` starts it, a trigger of Twisted's
ends it), and under servers that have one (the lifespan application in chatsite/asgi.py).
"""

import asyncio
import logging
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError

from conversations import catalogue, endings, trash
from conversations.bookkeeping import keep_books
from conversations.doorbell import Doorbell, Payload, layer_to_others
from conversations.feed import Feeds
from conversations.heartbeat import Heartbeat
from conversations.importing.work import keep_importing
from conversations.layer_watch import LayerWatch
from conversations.mirror import Mirrors
from conversations.rings import after_import
from conversations.runner import POLL, Runner
from conversations.search import upkeep
from conversations.threads import idle, in_database
from conversations.titler import Titler
from conversations.upstream import Deadlines
from conversations.upstream.later import LaterClient

if TYPE_CHECKING:
    from conversations.consumers import ConversationConsumer, DoctorConsumer, LiveConsumer

logger = logging.getLogger(__name__)

# In the web process, which must be gone within ten seconds.
GRACE = 3.0


class House:
    """The parts of one process that know each other; `runner` is None where others do that work."""

    def __init__(self, *, with_runner: bool, grace: float = GRACE, serves_pages: bool = True) -> None:
        """`grace`: seconds that running answers get to end by themselves when the process is to go."""
        self.feeds = Feeds()
        self.doorbell = Doorbell(layer_to_others())
        self.mirrors = Mirrors(self.doorbell)
        self.sockets: set[ConversationConsumer | DoctorConsumer | LiveConsumer] = set()
        self.layer = LayerWatch(self.doorbell.round_trip)
        self.heartbeat = Heartbeat(self._facts, self.layer)
        self.client = LaterClient(deadlines(), proxy=settings.ENVIRONMENT.upstream_proxy)
        self.models: catalogue.Watch | None = None
        self.runner: Runner | None = None
        if with_runner:
            self.runner = Runner(feeds=self.feeds, doorbell=self.doorbell, client=self.client)
        self.going_down = False
        self.serves_pages = serves_pages
        self._grace = grace
        self._ending: asyncio.Future[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, *, sole: bool = False) -> None:
        """Starts the doorbell and the runner in the running loop.

        `sole`: no other process works on this database, so whatever it says is streaming is dead.
        """
        self.doorbell.attach()
        self._keep(self.heartbeat.run())
        if self.doorbell.reaches_far:
            self._keep(self.doorbell.run())
            self._keep(self.layer.run())
        if self.runner is not None:
            self._keep(self._run(self.runner, sole=sole))
            self._keep(keep_books())
            self._keep(keep_importing(self.runner.name, self._tell_of_import))

    def _tell_of_import(self, user: User) -> None:
        for topic, payload in after_import(user):
            self.doorbell.ring(topic, payload)

    def watch_models(self) -> None:
        self.models = catalogue.Watch(self.client)
        self._keep(self._watch_models(self.models))

    def keep_index(self) -> None:
        self._keep(upkeep.keep_up())

    def empty_trash(self) -> None:
        self._keep(trash.keep_emptying())

    async def _watch_models(self, models: catalogue.Watch) -> None:
        await self.client.load()
        await models.run()

    def trouble(self) -> str:
        if any(task.done() for task in self._tasks):
            return "A part of the process stopped working."
        return self.layer.trouble() if self.doorbell.reaches_far else ""

    async def _run(self, runner: Runner, *, sole: bool) -> None:
        if sole:
            await _reap_everything()
        if settings.ENVIRONMENT.titles == "model":
            self._keep(self._titler(runner).run())
        await runner.run()

    def _titler(self, runner: Runner) -> Titler:
        return Titler(
            name=f"{runner.name}-titles",
            client=self.client,
            doorbell=self.doorbell,
            is_busy=lambda: runner.running > 0,
        )

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(_complain)
        self._tasks.append(task)

    def _facts(self) -> dict[str, Any]:
        return {
            "serves_pages": self.serves_pages,
            "runner": self.runner.name if self.runner else "",
            "streams": self.runner.running if self.runner else 0,
            "sockets": len(self.sockets),
        }

    def gauges(self) -> dict[str, float]:
        return {"chat_sockets": len(self.sockets), "chat_streams": self.runner.running if self.runner else 0}

    async def drain(self) -> None:
        """Ends in order: no new work, running answers saved, pages told to come back, everything closed.

        Whoever else calls it meanwhile waits for the same end.
        """
        if self._ending is None:
            self._ending = asyncio.ensure_future(self._end())
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        self.going_down = True
        if self.runner is not None:
            await self.runner.drain(self._grace)
        await asyncio.gather(*(socket.say_bye() for socket in list(self.sockets)), return_exceptions=True)
        self.mirrors.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.heartbeat.end()
        await idle(1.0)
        await self.client.aclose()


async def _reap_everything() -> None:
    """Ends what an earlier process left; a database that is away now must not cost us the runner."""
    while True:
        try:
            await in_database(endings.reap, everything=True)
        except DatabaseError as error:
            logger.warning("What was left running cannot be ended yet: %s", type(error).__name__)
            await asyncio.sleep(POLL)
        else:
            return


def _complain(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()):
        logger.error("A part of the process stopped working", exc_info=error)


def deadlines() -> Deadlines:
    environment = settings.ENVIRONMENT
    return Deadlines(
        connect=environment.connect_timeout,
        first_token=environment.first_token_timeout,
        idle=environment.idle_timeout,
        total=environment.total_timeout,
    )


class _Process:
    """Holds the one house of this process, while there is one."""

    house: House | None = None


def started(*, sole: bool = False) -> House:
    """This process's house, started in the running loop if it was not."""
    if _Process.house is None:
        _Process.house = House(with_runner=settings.ENVIRONMENT.generation_runner == "embedded")
        _Process.house.start(sole=sole)
        _end_with_twisted(_Process.house)
    return _Process.house


def start_in_running_loop(*, sole: bool = False) -> None:
    """What `serve` does: starts the house, keeps an eye on what models there are, and empties the trash."""
    house = started(sole=sole)
    house.watch_models()
    house.keep_index()
    house.empty_trash()


async def end() -> None:
    """Ends this process's house for good: whoever comes after that meets one that is going down."""
    if _Process.house is not None:
        await _Process.house.drain()


async def drain() -> None:
    """Ends this process's house; a later `started` makes a new one."""
    await end()
    _Process.house = None


def _end_with_twisted(house: House) -> None:
    """Daphne ends without telling anyone: its reactor waits for us when it is told to."""
    daphne = sys.modules.get("daphne.server")
    if daphne is None or daphne.reactor._asyncioEventloop is not asyncio.get_running_loop():
        return
    deferred = daphne.defer.Deferred

    def trigger() -> object:
        return deferred.fromFuture(asyncio.ensure_future(house.drain()))

    daphne.reactor.addSystemEventTrigger("before", "shutdown", trigger)


def ring(topic: str, payload: Payload | None = None) -> None:
    """Rings from whatever thread. Where no house stands, runners and pages find out by looking."""
    if _Process.house is not None:
        _Process.house.doorbell.ring(topic, payload)


def look_for_models(provider_id: int) -> None:
    """Asks a server for its models soon, from whatever thread; where no house stands, another one will."""
    if _Process.house is not None and _Process.house.models is not None:
        _Process.house.models.look_at(provider_id)


def trouble() -> str:
    """What keeps this process from its work, in a sentence; empty when nothing does."""
    if _Process.house is None:
        return "The process is still starting."
    if _Process.house.going_down:
        return "The process is going down."
    return _Process.house.trouble()


def gauges() -> dict[str, float]:
    """What only this process knows of itself, for metrics."""
    house = _Process.house
    return house.gauges() if house is not None else {}
