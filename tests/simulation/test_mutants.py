"""Rules taken away one at a time: the courses find out each of them, so that silence means something."""

from collections.abc import Callable
from typing import Any

import pytest

from conversations import endings, lifecycle, mirror
from conversations.mirror import Mirror
from conversations.reader import Position, Reader
from conversations.runner import Runner
from tests.simulation.course import run
from tests.simulation.pages import Page
from tests.simulation.process import in_database
from tests.simulation.world import World

Patch = pytest.MonkeyPatch


def no_tick(patch: Patch) -> None:
    """A mirror that looks at the log only when it is rung."""
    patch.setattr(mirror, "TICK", 1e9)


def no_dedupe(patch: Patch) -> None:
    """A mirror that takes every ring for news."""

    def drain(self: Mirror) -> None:
        for first in sorted(self._early):
            last, content, reasoning = self._early.pop(first)
            if first <= self._feed.seq + 1:
                self._feed.append(content, reasoning, count=max(last - self._feed.seq, 1))

    patch.setattr(Mirror, "_drain", drain)


def skipped_gaps(patch: Patch) -> None:
    """A mirror that goes on behind what is missing."""

    def drain(self: Mirror) -> None:
        for first in sorted(self._early):
            last, content, reasoning = self._early.pop(first)
            if last > self._feed.seq:
                self._feed.append(content, reasoning, count=last - self._feed.seq)

    patch.setattr(Mirror, "_drain", drain)


def unheard_acknowledgements(patch: Patch) -> None:
    patch.setattr(Reader, "acknowledge", lambda *arguments: None)


def no_window(patch: Patch) -> None:
    patch.setattr(Position, "is_full", False)


def unanswered_stops(patch: Patch) -> None:
    patch.setattr(Runner, "_apply", lambda *arguments: None)
    patch.setattr(Runner, "_on_ring", lambda self, payload: self._look.set())


def no_second_try_at_the_start(patch: Patch) -> None:
    """A process that finds the database away when it starts, and never looks again."""
    patch.setattr(lifecycle, "_reap_everything", lambda: in_database(endings.reap, everything=True))


# Each with the course that found it when this was written, which is tried first.
MUTANTS: list[tuple[Callable[[Patch], None], int, int]] = [
    (no_tick, 11, 300),
    (no_dedupe, 0, 100),
    (skipped_gaps, 3, 100),
    (unheard_acknowledgements, 4, 100),
    (no_window, 5, 300),
    (unanswered_stops, 1, 300),
    (no_second_try_at_the_start, 126, 800),
]


def found_within(courses: int, *, first: int = 0, **how: Any) -> bool:
    return any(run(seed, **how) for seed in (first, *range(courses)))


@pytest.mark.parametrize(("mutant", "first", "courses"), MUTANTS, ids=[each[0].__name__ for each in MUTANTS])
def test_a_mutant_dies(monkeypatch: Patch, mutant: Callable[[Patch], None], first: int, courses: int) -> None:
    mutant(monkeypatch)
    assert found_within(courses, first=first)


def test_a_page_that_keeps_its_own_end_dies() -> None:
    class Keeping(Page):
        replaces_at_the_end = False

    assert found_within(300, page=Keeping)


def test_rows_without_a_fence_die() -> None:
    def unguard(world: World) -> None:
        world.rows.guard = lambda row, owner, fence: True

    assert found_within(300, first=38, change=unguard)
