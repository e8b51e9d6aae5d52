"""What must hold in every course; each breach is a sentence."""

from typing import TYPE_CHECKING

from conversations import reader
from conversations.models.status import RUNNING, Status

if TYPE_CHECKING:
    from tests.simulation.world import World

# Seconds of text that a crash may lose: two flushes, and the way to the rows.
CRASH_LOSS = 0.5
# Seconds after a stop from which nothing is kept.
STOP_WITHIN = 1.0
# … or at which a runner that had died is missed: its lease, and the look for it.
LOST_WITHIN = 6.0


class Judge:
    def __init__(self, world: "World") -> None:
        self.world = world
        self.breaches: list[str] = []

    def breach(self, words: str) -> None:
        self.breaches.append(words)

    def check_page(self, text: str) -> None:
        """A page shows a prefix of what was received, whatever happened before."""
        if not any(so_far.startswith(text) for so_far in self.received()):
            self.breach(f"a page shows {text!r}, which is no prefix of {self.received()!r}")

    def received(self) -> list[str]:
        """For each generation: what the message had before, and what its upstream sent."""
        found = [""]
        for row in self.world.rows.generations:
            found.append(row.base + "".join(call.text for call in self.world.calls_for(row)))
        return found

    def check_window(self, in_flight: int, last: int) -> None:
        """What a page has not acknowledged is bounded by the window and one frame."""
        if in_flight - last > reader.WINDOW:
            self.breach(f"{in_flight} bytes are on their way to one page")

    def caught_up(self) -> bool:
        return all(page.text == self.received()[-1] for page in self.world.pages)

    def in_agreement(self) -> bool:
        return all(page.text == self.world.rows.content for page in self.world.pages)

    def check_caught_up(self) -> None:
        """When all is calm, every page shows everything that came so far."""
        for number, page in enumerate(self.world.pages):
            if page.text != self.received()[-1]:
                self.breach(f"page {number} is behind: {page.text!r} of {self.received()[-1]!r}")

    def check_end(self) -> None:
        rows = self.world.rows
        for row in rows.generations:
            if row.status in RUNNING:
                self.breach("a generation never ended")
            elif len(row.ends) != 1:
                self.breach(f"ended {len(row.ends)} times: {row.ends}")
            if len(self.world.calls_for(row)) > 1:
                self.breach("one generation asked its upstream twice")
        if rows.status != rows.latest.status:
            self.breach("the message and its generation ended differently")
        self._check_text()
        for number, page in enumerate(self.world.pages):
            if page.text != rows.content:
                self.breach(f"page {number} shows {page.text!r}, saved is {rows.content!r}")

    def _check_text(self) -> None:
        rows, row = self.world.rows, self.world.rows.latest
        sent = self.received()[-1]
        if not sent.startswith(rows.content):
            self.breach(f"saved is {rows.content!r}, which is no prefix of {sent!r}")
        if row.status == Status.COMPLETE and rows.content != sent:
            self.breach("a complete answer is not whole")
        if not rows.content.startswith(self.world.must_have):
            self.breach(f"{self.world.must_have!r} was lost: {rows.content!r}")
        self._check_stop()

    def _check_stop(self) -> None:
        """Nothing that came long after a stop is kept, and an answer that was asked to stop does."""
        world, row = self.world, self.world.rows.latest
        asked = world.stopped_at
        if not asked:
            return
        until = row.base + "".join(call.text_until(asked + STOP_WITHIN) for call in world.calls_for(row))
        if row.status == Status.STOPPED and not until.startswith(world.rows.content):
            self.breach("text that came long after the stop was saved")
        # A runner that died before is missed when its lease has run out.
        disturbed = any(asked - LOST_WITHIN <= trouble <= asked + STOP_WITHIN for trouble in world.troubles)
        if row.ended_at > asked + STOP_WITHIN and not disturbed and not world.lost_a_commit:
            self.breach(f"stopped only after {row.ended_at - asked:.2f} s")
