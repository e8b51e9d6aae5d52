"""A feed grows at its end; a position in it gets what came since, or a snapshot where that cannot be told."""

import uuid

import pytest

from conversations.feed import Feed, Feeds, Notice


def feed(*contents: str) -> Feed:
    made = Feed(uuid.uuid4())
    made.begin(seq=0)
    for content in contents:
        made.append(content)
    return made


def test_a_position_gets_what_came_since() -> None:
    running = feed("a", "b", "c")
    span = running.since(1)
    assert span is not None
    assert (span.first, span.last, span.content, span.reasoning) == (2, 3, "bc", "")


def test_nothing_came_since_the_end() -> None:
    span = feed("a").since(1)
    assert span is not None
    assert (span.first, span.last, span.content) == (2, 1, "")


@pytest.mark.parametrize("position", [-1, 4, 99])
def test_a_position_outside_needs_a_snapshot(position: int) -> None:
    assert feed("a", "b", "c").since(position) is None


def test_a_position_inside_a_joined_run_needs_a_snapshot() -> None:
    running = feed("a")
    assert running.append("bcd", count=3) == 4
    assert [running.since(position) is None for position in range(5)] == [False, False, True, True, False]
    assert running.content == "abcd"


def test_an_empty_event_is_still_an_event() -> None:
    running = feed("a", "", "b")
    assert running.since(1) is not None
    assert running.since(2) is not None
    assert running.seq == 3


def test_a_continued_answer_counts_on() -> None:
    running = Feed(uuid.uuid4())
    running.begin(seq=7, content="So far", reasoning="Hm")
    assert running.append(" and on", " so") == 8
    assert (running.content, running.reasoning) == ("So far and on", "Hm so")
    assert running.since(6) is None


def test_finished_blocks_come_once_and_in_order() -> None:
    running = feed("First\n\nSec")
    one = running.since(0)
    running.append("ond\n\n")
    running.append("Third")
    two, both = running.since(1), running.since(0)
    assert one is not None
    assert one.settled is not None
    assert "First" in one.settled.html
    assert one.settled.rest == "Sec"
    assert two is not None
    assert two.settled is not None
    assert "First" not in two.settled.html
    assert "Second" in two.settled.html
    assert both is not None
    assert both.settled is not None
    assert both.settled.html == one.settled.html + two.settled.html
    assert running.settled_so_far().html == both.settled.html


def test_the_first_settling_replaces_whatever_the_page_shows() -> None:
    running = Feed(uuid.uuid4())
    running.begin(seq=4, content="Old\n\n")
    running.append("New\n\nOpen")
    span = running.since(4)
    assert span is not None
    assert span.settled is not None
    assert span.settled.replace
    assert "Old" in span.settled.html
    assert "New" in span.settled.html


def test_listeners_are_woken_by_text_notices_and_the_end() -> None:
    running, rings = feed(), []
    running.listeners.add(lambda: rings.append(running.seq))
    running.append("a")
    running.wait(Notice("retrying", 2, "busy"))
    running.end()
    assert len(rings) == 3
    assert running.notice is not None


def test_text_ends_the_waiting() -> None:
    running = feed()
    running.wait(Notice("retrying", 2, "busy"))
    running.append("a")
    assert running.notice is None


def test_feeds_are_shared_and_forgotten_when_unused() -> None:
    feeds, message = Feeds(), uuid.uuid4()
    one = feeds.open(message)
    assert feeds.open(message) is one
    one.produced_here = True
    feeds.release(one)
    assert len(feeds) == 1
    one.produced_here = False
    feeds.release(one)
    assert len(feeds) == 0


def test_an_ended_feed_makes_room_for_a_continuation() -> None:
    feeds, message = Feeds(), uuid.uuid4()
    one = feeds.open(message)
    one.end()
    assert feeds.open(message) is not one
