"""What an event costs in the pure part, beside the plainest loop that could read the same bytes.

Both read the same stream in the same reads, in turns; the best of several rounds counts, which nothing
else on this machine disturbed.
"""

import json
import time
from collections.abc import Callable

from conversations.upstream.accumulator import Accumulator
from conversations.upstream.decoder import Decoder

EVENTS = 20_000
ROUNDS = 7
PER_READ = 4  # events that come together


def stream() -> list[bytes]:
    """As vLLM and OpenAI send it, one token an event."""
    head = b'data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1700000000,"model":"m",'
    event = (
        head
        + b'"choices":[{"index":0,"delta":{"content":" token"},"logprobs":null,"finish_reason":null}]}\n\n'
    )
    return [event * PER_READ] * (EVENTS // PER_READ)


def ours(reads: list[bytes]) -> int:
    decoder, accumulator = Decoder(), Accumulator()
    for data in reads:
        for chunk in decoder.feed(data):
            accumulator.add(chunk)
        accumulator.take()
    return len(accumulator.answer.content)


def plainest(reads: list[bytes]) -> int:
    texts: list[str] = []
    for data in reads:
        for line in data.split(b"\n"):
            if line.startswith(b"data: "):
                texts.append(json.loads(line[6:])["choices"][0]["delta"]["content"])
    return len("".join(texts))


def seconds(read: Callable[[list[bytes]], int], reads: list[bytes]) -> float:
    begun = time.perf_counter()
    assert read(reads) == EVENTS * len(" token")
    return time.perf_counter() - begun


def rows() -> list[tuple[str, str, float, float]]:
    """(name, unit, ours, the plainest loop's)"""
    reads = stream()
    rounds = [(seconds(ours, reads), seconds(plainest, reads)) for _ in range(ROUNDS)]
    best, plain = (min(each) for each in zip(*rounds, strict=True))
    return [
        ("decoding an event, pure", "µs", best / EVENTS * 1e6, plain / EVENTS * 1e6),
        ("events decoded in a second on one core", "k", EVENTS / best / 1000, EVENTS / plain / 1000),
    ]


if __name__ == "__main__":
    print(*rows(), sep="\n")
