"""What servers and gateways really send, as it goes over the wire, and what it means.

The transcripts lie in the folder beside: `### name`, the body, `==>` and what differs from an answer without
any text that ends complete with finish_reason "stop". A backslash at the end stands for no line end there.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.upstream.playing import Heard, play

CASE = re.compile(rb"### ([^\n]+)\n(.*?)(?:\\\n)?==> ([^\n]+)\n", re.DOTALL)
TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


def transcripts() -> Iterator[Any]:
    for path in TRANSCRIPTS:
        for name, body, expected in CASE.findall(path.read_bytes()):
            meant = json.loads(expected)
            meant["calls"] = [tuple(call) for call in meant.get("calls", [])]
            if "usage" in meant:
                meant["usage"] = tuple(meant["usage"])
            yield pytest.param(body, Heard(**meant), id=f"{path.stem}: {name.decode()}")


CASES = list(transcripts())


def test_every_transcript_is_read() -> None:
    whole = sum(path.read_bytes().count(b"### ") for path in TRANSCRIPTS)
    assert len(CASES) == whole > 100


@pytest.mark.parametrize(("body", "meant"), CASES)
async def test_it_means(body: bytes, meant: Heard) -> None:
    heard, said = await play(body)
    assert heard == meant
    assert bool(said) == (meant.outcome != "complete")
    assert "<" not in said


@pytest.mark.parametrize(("body", "meant"), CASES)
async def test_byte_by_byte_it_means_the_same(body: bytes, meant: Heard) -> None:
    heard, _ = await play(*(body[place : place + 1] for place in range(len(body))))
    assert heard == meant
