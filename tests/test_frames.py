"""Frames: typed once, refused in words."""

import json
import uuid

import pytest

from conversations import frames

SOME_ID = str(uuid.UUID(int=7))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"type": "subscribe"}', frames.Subscribe()),
        ('{"type": "ping", "new": 1}', frames.Ping()),
        (
            json.dumps({"type": "ack", "message": SOME_ID, "seq": 3}),
            frames.Ack(uuid.UUID(SOME_ID), 3),
        ),
        (
            json.dumps({"type": "message.send", "client_id": SOME_ID, "content": "x"}),
            frames.Send(uuid.UUID(SOME_ID), "x"),
        ),
    ],
)
def test_frames_are_read(text: str, expected: frames.Incoming) -> None:
    assert frames.decode(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "1",
        "null",
        "{}",
        '{"type": "unheard.of"}',
        '{"type": "ack", "message": "x", "seq": 1}',
        '{"type": "ack", "seq": 1}',
        '{"type": "message.send", "client_id": 1, "content": "x"}',
        '{"type": "message.send", "content": "x"}',
        '{"type": 1}',
        "[" * 100_000,
        '{"type": "ping"',
        '"\\ud83d"',
    ],
)
def test_a_bad_frame_is_refused_in_words(text: str) -> None:
    with pytest.raises(frames.BadFrame) as error:
        frames.decode(text)
    assert str(error.value).startswith("This frame is not")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(frames.BadFrame):
        frames.decode(b'{"type": "\xff"}')


def test_a_bad_frame_still_names_what_it_was_about() -> None:
    assert frames.named(json.dumps({"type": "x", "client_id": SOME_ID, "message": 3})) == {
        "client_id": SOME_ID
    }
    assert frames.named("[1]") == frames.named("{") == {}


def test_a_delta_carries_only_what_there_is() -> None:
    delta = frames.Delta(message=uuid.UUID(SOME_ID), from_=4, seq=5, content="x")
    assert json.loads(frames.encode(delta)) == {
        "type": "delta",
        "message": SOME_ID,
        "from": 4,
        "seq": 5,
        "content": "x",
    }
