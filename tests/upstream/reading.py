"""Bodies for the tests of the pure steps, and the way through those steps."""

import json
from typing import Any

from conversations.upstream import Delta, Reply, Waiting
from conversations.upstream.accumulator import Accumulator, Answer
from conversations.upstream.decoder import Decoder


def read(*reads: bytes) -> Accumulator:
    """The way of a body through the pure steps, with the invariant that joined deltas are the answer."""
    accumulator, decoder, deltas = Accumulator(), Decoder(), []
    for data in reads:
        for chunk in decoder.feed(data):
            accumulator.add(chunk)
        deltas.append(accumulator.take())
    for chunk in decoder.end():
        accumulator.add(chunk)
    accumulator.end()
    deltas.append(accumulator.take())
    assert "".join(delta.content for delta in deltas if delta) == accumulator.answer.content
    assert "".join(delta.reasoning for delta in deltas if delta) == accumulator.answer.reasoning
    return accumulator


def sse(*values: Any) -> bytes:
    texts = (value if isinstance(value, str) else json.dumps(value) for value in values)
    return b"".join(b"data: " + text.encode() + b"\n\n" for text in texts)


def choice(delta: Any, reason: Any = None, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason} | more]}


def answer(*values: Any) -> Answer:
    return read(sse(*values)).answer


HELLO = [choice({"role": "assistant", "content": "Hel"}), choice({"content": "lo"}), choice({}, "stop")]


BODY = {"model": "alpha", "messages": [{"role": "user", "content": "Hello you"}]}


async def collect(reply: Reply) -> list[Delta | Waiting]:
    async with reply:
        return [item async for item in reply]


def content(items: list[Delta | Waiting]) -> str:
    return "".join(item.content for item in items if isinstance(item, Delta))
