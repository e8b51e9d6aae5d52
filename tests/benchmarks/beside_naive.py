"""We and the naive stack in turns, on the same streams: what a token costs, and how late it comes."""

import asyncio
import json
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aiohttp
import psutil

from tests.benchmarks.arrivals import Arrivals, percentiles
from tests.benchmarks.readers import Page, Person, Plain
from tests.benchmarks.rows import Row
from tests.serving.launched import ROOT

ROUNDS, STREAMS, TOKENS, RATE = 2, 50, 200, 50
MANY, FEW_TOKENS = 300, 100
AT_ONCE = 8

Ask = Callable[[str], Coroutine[Any, Any, Arrivals]]


@contextmanager
def naive(base_url: str) -> Iterator[tuple[psutil.Process, str]]:
    """Its process, and its socket's address."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.naive", base_url]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield psutil.Process(process.pid), f"http://127.0.0.1:{int(process.stdout.readline())}/chat/"
    finally:
        process.terminate()
        process.communicate()


class NaivePage:
    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session, self._address = session, address

    async def __aenter__(self) -> Self:
        self.socket = await self._session.ws_connect(self._address, compress=15, max_msg_size=0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.socket.close()

    async def ask(self, model: str) -> Arrivals:
        seen = Arrivals()
        await self.socket.send_json({"model": model})
        while (frame := await self.socket.receive_json(loads=json.loads))["type"] == "delta":
            seen.add(frame["text"])
        return seen


@dataclass(frozen=True)
class Seen:
    """Of one round of one system; milliseconds, and CPU seconds for 1,000 tokens."""

    cost: float
    p50: float
    p99: float


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def round_of(asks: list[Ask], process: psutil.Process, tokens: int, spread: float) -> Seen:
    """All at once, each begun at another moment of the first `spread` seconds."""

    async def later(number: int, ask: Ask) -> Arrivals:
        await asyncio.sleep(number / len(asks) * spread)
        return await ask(f"{tokens}@{RATE}")

    before = cpu_seconds(process)
    seen = await asyncio.gather(*(later(number, ask) for number, ask in enumerate(asks)))
    cost = (cpu_seconds(process) - before) / (len(asks) * tokens / 1000)
    latencies = [each.latencies_ms() for each in seen]
    assert all(len(one) == tokens for one in latencies), "tokens were lost"
    p50, p99 = percentiles(latency for one in latencies for latency in one)
    return Seen(cost, p50, p99)


async def conversations(person: Person, count: int) -> list[str]:
    """New ones, each with a first answer of one token."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def begun() -> str:
        async with turn:
            return await person.begin("1@0")

    return list(await asyncio.gather(*(begun() for _ in range(count))))


@asynccontextmanager
async def our_pages(person: Person, count: int) -> AsyncIterator[list[Ask]]:
    """In conversations of their own. Not to be left unread for long: a server takes that for a death."""
    begun = await conversations(person, count)
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(Page(person, each)) for each in begun]
        yield [page.ask for page in opened]


@asynccontextmanager
async def naive_pages(person: Person, address: str, count: int) -> AsyncIterator[list[Ask]]:
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(NaivePage(person.session, address)) for _ in range(count)]
        yield [page.ask for page in opened]


async def measure(person: Person, ours: psutil.Process, plain: Plain, base_url: str) -> list[Row]:
    with naive(base_url) as (process, address):
        rounds = []
        async with our_pages(person, STREAMS) as asks, naive_pages(person, address, STREAMS) as theirs:
            for _ in range(ROUNDS):
                we = await round_of(asks, ours, TOKENS, 1.0)
                rounds.append((we, await round_of(theirs, process, TOKENS, 1.0)))
            rows = [*_of_fifty(rounds), await first_token_under_load(asks, plain)]
        async with our_pages(person, MANY) as asks:
            we = await round_of(asks, ours, FEW_TOKENS, 4.0)
        async with naive_pages(person, address, MANY) as asks:
            they = await round_of(asks, process, FEW_TOKENS, 4.0)
    name = f"latency of a token, p99, {MANY} streams of {RATE}/s"
    return [*rows, Row(name, "ms", we.p99, they.p99, bar=0.5, of_ratio=True)]


def _of_fifty(rounds: list[tuple[Seen, Seen]]) -> list[Row]:
    def pair(name: str) -> tuple[float, float]:
        ours = statistics.median(getattr(we, name) for we, _ in rounds)
        return ours, statistics.median(getattr(they, name) for _, they in rounds)

    streams = f"{STREAMS} streams of {RATE}/s"
    return [
        Row(f"CPU for 1,000 tokens, {streams}", "s", *pair("cost"), bar=0.8, of_ratio=True),
        Row(f"latency of a token, p50, {streams}", "ms", *pair("p50")),
        Row(f"latency of a token, p99, {streams}", "ms", *pair("p99"), bar=20),
    ]


async def first_token_under_load(asks: list[Ask], plain: Plain) -> Row:
    """Short answers in one page while all others stream."""
    asked, *loaded = asks
    load = [asyncio.create_task(ask(f"{TOKENS}@{RATE}")) for ask in loaded]
    await asyncio.sleep(1.0)
    ours, direct = [], []
    while not any(task.done() for task in load):
        ours.append((await asked(f"2@{RATE}")).ttft_ms)
        direct.append((await plain.ask(f"2@{RATE}")).ttft_ms)
    await asyncio.gather(*load)
    added = statistics.median(ours) - statistics.median(direct)
    return Row(f"time to first token, added by us beside {STREAMS} streams", "ms", added, bar=60)
