"""What there is in one course: the rows, the upstream, the layer, processes, pages; and what befalls them."""

import asyncio
from random import Random

from channels.layers import InMemoryChannelLayer

from conversations.doorbell import QUEUE, conversation_topic, message_topic
from conversations.models.status import RUNNING, Status
from tests.lossy_layer import LossyLayer
from tests.simulation.judge import Judge
from tests.simulation.pages import Page
from tests.simulation.process import Process
from tests.simulation.rows import Row, Rows
from tests.simulation.upstream import Call, Upstream
from tests.simulation.virtual_time import VirtualLoop


class World:
    def __init__(self, seed: int, loop: VirtualLoop, page: type[Page] = Page) -> None:
        self.random, self.loop = Random(seed), loop
        random = self.random
        self.rows = Rows(loop.time)
        self.upstream = Upstream(Random(seed + 1), loop.time)
        self.judge = Judge(self)
        self.database_down = False
        self.lost_commits = random.choice([0.0, 0.0, 0.02])
        self.alone = random.random() < 0.4
        self.layer = LossyLayer(
            InMemoryChannelLayer(capacity=random.choice([3, 1000])),
            drop=random.choice([0.0, 0.1, 0.3, 1.0]),
            repeat=random.choice([0.0, 0.3]),
            delay=random.choice([0.0, 0.05, 0.5]),
            seed=seed,
        )
        self.processes: dict[str, Process] = {}
        self.pages: list[Page] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.page = page
        self.must_have = ""
        self.stopped_at = 0.0
        # Until when a crash may cost more than half a second, because rows could not be written.
        self.trouble_until = 0.0
        self.troubles: list[float] = []
        self.lost_a_commit = False

    def start(self, name: str) -> Process:
        with_runner = name != "web"
        process = self.processes[name] = Process(self, name, with_runner=with_runner, sole=self.alone)
        return process

    def any_web(self) -> Process | None:
        webs = [process for name, process in self.processes.items() if process.alive and name != "runner"]
        webs = [process for process in webs if not process.house.going_down]
        return self.random.choice(webs) if webs else None

    def calls_for(self, row: Row) -> list[Call]:
        return [call for call in self.upstream.calls if call.generation == str(row.id)]

    def open_page(self) -> None:
        page = self.page(self)
        self.pages.append(page)
        self.tasks.append(self.loop.create_task(page.live()))

    def ask(self) -> None:
        """Send, and later Continue, through some process: rows first, then the rings."""
        web = self.any_web()
        if web is None or self.rows.status in RUNNING or self.database_down or web.cut_off:
            return
        self.rows.queue()
        self.stopped_at, self.must_have = 0.0, ""
        message = str(self.rows.message_id)
        payload = {"message": message, "base": self.rows.content, "seq": self.rows.last_seq}
        web.do(web.house.doorbell.ring, QUEUE)
        web.do(web.house.doorbell.ring, conversation_topic(self.rows.conversation_id), payload)

    def stop(self) -> None:
        web = self.any_web()
        if web is None or self.database_down or web.cut_off or self.rows.status not in RUNNING:
            return
        self.rows.request_stop()
        owner = self._owner()
        if owner is not None and not owner.cut_off and self.loop.now > self.trouble_until:
            self.stopped_at = self.stopped_at or self.loop.now
        web.do(web.house.doorbell.ring, QUEUE, {"stop": str(self.rows.latest.id)})
        web.do(web.house.doorbell.ring, message_topic(self.rows.message_id), {"ended": True})

    def _owner(self) -> Process | None:
        names = {
            process.house.runner.name: process for process in self.processes.values() if process.house.runner
        }
        return names.get(self.rows.latest.owner) if self.rows.generations else None

    def kill(self, name: str) -> None:
        process = self.processes[name]
        if not process.alive:
            return
        if self._owner() is process and self.rows.status == Status.STREAMING:
            self._remember(process)
        process.kill()

    def _remember(self, process: Process) -> None:
        """What had come half a second before the crash must be saved, if the rows could be written."""
        if process.cut_off or self.database_down or self.loop.now < self.trouble_until:
            return
        row = self.rows.latest
        texts = [call.text_until(self.loop.now - 0.5) for call in self.calls_for(row)]
        self.must_have = row.base + "".join(texts)
