"""What comes with every token takes one call: the same frames in the same order, and nothing else does."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest

from conversations import frames
from conversations.consumers.interpreter import Interpreter
from conversations.feed import Feed, Notice
from conversations.lifecycle import House
from conversations.rendering import OpenBlocks
from conversations.serving.prompt_socket import PromptSocket
from conversations.short_way import ShortWay
from tests.reader.screen import Screen


@asynccontextmanager
async def flowing(house: House) -> AsyncIterator[tuple[Screen, Feed]]:
    """A page that has its first piece of text and waits for more."""
    feed = house.feeds.open(uuid.uuid4())
    feed.produced_here = True
    feed.begin(seq=0)
    async with Screen.of(house, at_once=True) as screen:
        screen.reader.subscribe(feed.message_id, fresh=True)
        feed.append("One ")
        await screen.settled()
        assert not screen.has_more
        yield screen, feed


async def test_a_token_is_sent_by_who_brings_it(house: House) -> None:
    async with flowing(house) as (screen, feed):
        feed.append("two")
        assert screen.has_more, "nobody had to be woken"
        frame = await screen.next()
    assert (frame["from"], frame["seq"], frame["content"]) == (2, 2, "two")
    assert "settled" not in frame


async def test_what_was_to_be_said_before_is_said_before(house: House) -> None:
    async with flowing(house) as (screen, feed):
        screen.reader.say(frames.encode(frames.Pong()))
        feed.append("two ")
        assert not screen.has_more
        feed.append("three")
        assert [(await screen.next())["type"] for _ in range(2)] == ["pong", "delta"]
        assert screen.texts[str(feed.message_id)] == "One two three"


async def test_a_finished_block_is_put_into_the_words_of_the_page_by_its_own_sender(house: House) -> None:
    async with flowing(house) as (screen, feed):
        feed.append("end.\n\n")
        feed.append("Next")
        if screen.has_more:
            assert "settled" not in await screen.next()
        await screen.settled()
        assert [frame for frame in screen.heard if "settled" in frame]
        assert screen.texts[str(feed.message_id)] == feed.content


async def test_the_end_and_a_notice_go_their_own_way(house: House) -> None:
    async with flowing(house) as (screen, feed):
        feed.wait(Notice("retrying", 5.0))
        assert not screen.has_more
        assert (await screen.next())["type"] == "message.waiting"
        feed.append("on")
        assert not screen.has_more, "the page still shows the notice"
        await screen.settled()
        feed.end()
        feed.append("never")
        assert not screen.has_more
    assert screen.texts[str(feed.message_id)] == "One on"


async def test_what_cannot_be_rendered_is_not_the_writers_trouble(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: OpenBlocks, text: str) -> None:
        raise RecursionError

    async with flowing(house) as (screen, feed):
        monkeypatch.setattr(OpenBlocks, "feed", broken)
        feed.append("two")
        assert feed.seq == 2
        assert not screen.has_more


async def test_a_socket_that_breaks_is_not_the_writers_trouble(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(payload: bytes) -> None:
        raise OSError

    async with flowing(house) as (screen, feed):
        monkeypatch.setattr(screen.reader, "_send_now", broken)
        feed.append("two")
        assert (feed.seq, screen.has_more) == (2, False)
        await screen.settled()
        assert screen.texts[str(feed.message_id)] == "One two"


async def test_what_a_page_has_read_is_in_no_circle(house: House) -> None:
    """Or each answer's text would stay until the collector finds it."""
    async with flowing(house) as (screen, feed):
        position = screen.reader._positions[feed.message_id]
        assert isinstance(position.wake, partial), "it knows the position"
        screen.reader.unsubscribe(feed.message_id)
        assert not isinstance(position.wake, partial)


class Followed:
    def __init__(self) -> None:
        self.acknowledged: list[tuple[uuid.UUID, int]] = []

    def acknowledge(self, message: uuid.UUID, seq: int) -> None:
        self.acknowledged.append((message, seq))


@pytest.mark.parametrize(
    ("frame", "heard"),
    [
        ({"type": "ack", "seq": 7}, True),
        ({"type": "ack"}, False),
        ({"type": "ack", "seq": "many"}, False),
        ({"type": "message.send", "content": '"ack"'}, False),
        ({"type": "ping"}, False),
    ],
    ids=["ack", "no-seq", "no-number", "talks-of-it", "other"],
)
def test_only_acknowledgements_are_heard_at_once(frame: dict[str, Any], heard: bool) -> None:
    message, followed, nothing = uuid.uuid4(), Followed(), object()
    interpreter = Interpreter(nothing, followed, print)  # type: ignore[arg-type]
    assert interpreter.hear_at_once(json.dumps({"message": str(message), **frame})) is heard
    assert followed.acknowledged == ([(message, 7)] if heard else [])


@pytest.mark.parametrize("taken", [True, False])
def test_what_is_heard_at_once_does_not_wait_in_a_queue(taken: bool) -> None:
    page = PromptSocket()
    page.data, page.state, page.current_frame, page.inside_message = b"", page.STATE_OPEN, None, False
    page.autoPingTimeoutCall, page.application_queue = None, asyncio.Queue()
    heard: list[str] = []

    def hear(text: str) -> bool:
        heard.append(text)
        return taken

    page.short_way = ShortWay(page.send_payload, hear)
    page.dataReceived(b"\x81\x82\0\0\0\0{}")
    assert heard == ["{}"]
    assert page.application_queue.empty() is taken
