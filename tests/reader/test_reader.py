"""A page gets what came since its last frame, as far as its window is open, and the end from the row."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from conversations import reader
from conversations.feed import Feed, Notice
from conversations.lifecycle import House
from conversations.reader import WINDOW, Lagging
from tests.reader.screen import Screen

DONE = '{"type":"message.done","message":"%s","seq":9,"content":"The end"}'
KIB = 1024


async def done(message_id: uuid.UUID) -> str | None:
    return DONE % message_id


@asynccontextmanager
async def reading(
    house: House, *, after: int = 0, fresh: bool = True, texts: str = ""
) -> AsyncIterator[tuple[Screen, Feed]]:
    """A page that follows an answer which the test itself writes; `texts`: one event for each letter."""
    feed = house.feeds.open(uuid.uuid4())
    feed.produced_here = True
    feed.begin(seq=0)
    for letter in texts:
        feed.append(letter)
    async with Screen.of(house, done, at_once=True) as screen:
        if after:
            screen.seqs[str(feed.message_id)] = after
        screen.reader.subscribe(feed.message_id, after=after, fresh=fresh)
        yield screen, feed


async def test_what_accumulates_travels_together(house: House) -> None:
    async with reading(house) as (screen, feed):
        feed.append("One ")
        feed.append("two ", "Hm.")
        feed.append("three.")
        frame = await screen.until("delta")
    assert (frame["from"], frame["seq"]) == (1, 3)
    assert (frame["content"], frame["reasoning"]) == ("One two three.", "Hm.")


async def test_a_page_that_does_not_acknowledge_gets_a_window_and_a_frame(house: House) -> None:
    async with reading(house) as (screen, feed):
        for _ in range(12):
            feed.append("x" * 64 * KIB)
            await screen.settled()
        held = screen.seqs[str(feed.message_id)]
        assert held < 12
        assert WINDOW < sum(screen.sizes) <= WINDOW + max(screen.sizes)
        screen.reader.acknowledge(feed.message_id, held)
        frame = await screen.until("delta")
        assert (frame["from"], frame["seq"]) == (held + 1, 12)
        assert screen.texts[str(feed.message_id)] == feed.content


async def test_an_acknowledgement_of_a_part_opens_the_window_by_that(house: House) -> None:
    async with reading(house) as (screen, feed):
        for _ in range(6):
            feed.append("x" * 64 * KIB)
            await screen.settled()
        held = screen.seqs[str(feed.message_id)]
        screen.reader.acknowledge(feed.message_id, 0)
        await screen.settled()
        assert screen.seqs[str(feed.message_id)] == held
        screen.reader.acknowledge(feed.message_id, 2)
        await screen.until("delta", seq=6)


async def test_control_frames_pass_a_full_window(house: House) -> None:
    async with reading(house) as (screen, feed):
        feed.append("x" * (WINDOW + KIB))
        await screen.settled()
        feed.append("more")
        screen.reader.say('{"type":"bye","retry_ms":1}')
        await screen.until("bye")
        assert screen.seqs[str(feed.message_id)] == 1


async def test_the_end_passes_a_full_window(house: House) -> None:
    async with reading(house) as (screen, feed):
        feed.append("x" * (WINDOW + KIB))
        await screen.settled()
        feed.append("more")
        feed.end()
        await screen.until("message.done", content="The end")


async def test_a_page_that_stopped_reading_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with reading(house) as (screen, feed):
        feed.append("x" * WINDOW)
        await screen.settled()
        screen.reader.check_patience()
        monkeypatch.setattr(reader, "PATIENCE", 0.0)
        with pytest.raises(Lagging):
            screen.reader.check_patience()
        screen.reader.acknowledge(feed.message_id, 1)
        screen.reader.check_patience()


@pytest.mark.parametrize(
    ("after", "type", "content"),
    [
        (0, "snapshot", "abc"),
        (1, "delta", "bc"),
        (2, "delta", "c"),
        (4, "snapshot", "abc"),
        (99, "snapshot", "abc"),
    ],
)
async def test_a_page_says_what_it_holds(house: House, after: int, type: str, content: str) -> None:
    async with reading(house, after=after, fresh=False, texts="abc") as (screen, _):
        frame = await screen.next()
    assert (frame["type"], frame["content"], frame["seq"]) == (type, content, 3)


async def test_who_holds_everything_gets_nothing(house: House) -> None:
    async with reading(house, after=3, fresh=False, texts="abc") as (screen, feed):
        await screen.settled()
        assert {frame["type"] for frame in screen.heard} == {"pong"}
        feed.append("d")
        assert (await screen.until("delta"))["from"] == 4


async def test_who_comes_back_gets_all_finished_blocks(house: House) -> None:
    async with reading(house, after=1, fresh=False) as (screen, feed):
        for text in ("One\n\n", "Two\n\n", "Three"):
            feed.append(text)
        settled = (await screen.until("delta"))["settled"]
    assert settled["replace"]
    assert "One" in settled["html"]
    assert "Two" in settled["html"]
    assert settled["rest"] == "Three"


async def test_a_notice_is_said_once(house: House) -> None:
    async with reading(house) as (screen, feed):
        feed.wait(Notice("retrying", 1.5, "The server is busy."))
        frame = await screen.until("message.waiting")
        assert (frame["phase"], frame["seconds"], frame["detail"]) == ("retrying", 1.5, "The server is busy.")
        await screen.settled()
        feed.append("Here.")
        await screen.until("delta")
        await screen.settled()
    assert [frame["type"] for frame in screen.heard].count("message.waiting") == 1


async def test_after_the_end_nothing_is_kept(house: House) -> None:
    async with reading(house) as (screen, feed):
        feed.produced_here = False
        feed.end()
        await screen.until("message.done")
        assert not feed.listeners
        assert len(house.feeds) == 0


async def test_two_answers_go_side_by_side(house: House) -> None:
    async with reading(house) as (screen, one):
        two = house.feeds.open(uuid.uuid4())
        two.produced_here = True
        screen.reader.subscribe(two.message_id, fresh=True)
        one.append("1")
        two.append("2")
        await screen.settled()
        assert screen.texts == {str(one.message_id): "1", str(two.message_id): "2"}
        screen.reader.unsubscribe(one.message_id)
        one.append("1")
        two.append("2")
        await screen.settled()
        assert screen.texts == {str(one.message_id): "1", str(two.message_id): "22"}
