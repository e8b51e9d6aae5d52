"""`make bench`: what an answer costs through us, beside a plain read of the same upstream in the same run.

Trust the ratios: the absolute figures are those of this machine at this moment.
"""

# First: nothing of the environment reaches what is measured.
import tests.environment  # noqa: F401  # isort: skip

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.benchmarks import decoding
from tests.benchmarks.arrivals import Arrivals, percentiles
from tests.benchmarks.readers import Page, Person, Plain
from tests.serving.launched import ROOT, Launched, free_port

ROUNDS = 20  # of one answer at a time
STREAMS, TOKENS, RATE = 50, 200, 50
SHORT = "1@0"
MEBIBYTE = 2**20

Ask = Callable[[str], Awaitable[Arrivals]]


@dataclass(frozen=True)
class Row:
    """One line of the table; `baseline` is None where there is nothing to compare with."""

    name: str
    unit: str
    ours: float
    baseline: float | None = None

    def __str__(self) -> str:
        plain = "" if self.baseline is None else f"{self.baseline:10.3f}"
        ratio = f"{self.ours / self.baseline:8.2f}" if self.baseline else ""
        return f"{self.name:44}{self.unit:>6}{self.ours:10.3f}{plain:>12}{ratio:>10}"


HEADINGS = f"{'':44}{'unit':>6}{'ours':>10}{'plain read':>12}{'ratio':>10}"


@contextmanager
def upstream() -> Iterator[str]:
    """The base URL of a mock upstream in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.upstream"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def product(data: Path, base_url: str) -> Iterator[tuple[Launched, float]]:
    """Our server, and the seconds from its start to its first page."""
    environment = {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "sk-bench", "DEFAULT_MODEL": SHORT}
    begun = time.monotonic()
    server = Launched(data, free_port(), **environment)
    try:
        server.wait_for("Ctrl-C stops it")
        assert server.get("/accounts/login/") == 200
        yield server, time.monotonic() - begun
        assert server.stop() == 0, server.output
    finally:
        server.close()


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def time_to_first_token(plain: Plain, page: Page) -> list[Row]:
    model = f"10@{RATE}"
    ways: dict[str, Ask] = {"plain": plain.ask, "ours": page.ask}
    seen: dict[str, list[float]] = {"plain": [], "ours": []}
    # Taken in turns, so that what else this machine does falls on both; the first of each warms up.
    for _ in range(ROUNDS + 1):
        for name, ask in ways.items():
            seen[name].append((await ask(model)).ttft_ms)
    direct, through = (statistics.median(seen[name][1:]) for name in ("plain", "ours"))
    return [
        Row("time to first token, median", "ms", through, direct),
        Row("… added by us", "ms", through - direct),
    ]


async def many(asks: list[Ask], model: str, process: psutil.Process) -> tuple[list[Arrivals], float]:
    """All at once, each begun at another moment of the first second; and the CPU seconds of `process`."""

    async def later(number: int, ask: Ask) -> Arrivals:
        await asyncio.sleep(number / len(asks))
        return await ask(model)

    before = cpu_seconds(process)
    seen = await asyncio.gather(*(later(number, ask) for number, ask in enumerate(asks)))
    return seen, cpu_seconds(process) - before


async def under_load(plain: Plain, pages: list[Page], server: psutil.Process) -> list[Row]:
    plain_asks: list[Ask] = [plain.ask] * STREAMS
    our_asks: list[Ask] = [page.ask for page in pages]
    model, thousands = f"{TOKENS}@{RATE}", STREAMS * TOKENS / 1000
    plain_short = (await many(plain_asks, SHORT, psutil.Process()))[1] / STREAMS
    our_short = (await many(our_asks, SHORT, server))[1] / STREAMS
    direct, plain_cost = await many(plain_asks, model, psutil.Process())
    through, our_cost = await many(our_asks, model, server)
    assert all(len(seen.latencies_ms()) == TOKENS for seen in (*direct, *through))
    for page, seen in zip(pages, through, strict=True):
        assert await page.person.saved_text(page.conversation) == seen.text, "saved and streamed text differ"
    direct_p50, direct_p99 = percentiles(latency for seen in direct for latency in seen.latencies_ms())
    our_p50, our_p99 = percentiles(latency for seen in through for latency in seen.latencies_ms())
    return [
        Row("CPU for an answer of one token", "ms", our_short * 1000, plain_short * 1000),
        Row(
            f"CPU for 1,000 tokens, {STREAMS} streams of {RATE}/s",
            "s",
            our_cost / thousands,
            plain_cost / thousands,
        ),
        Row("latency of a token, p50", "ms", our_p50, direct_p50),
        Row("latency of a token, p99", "ms", our_p99, direct_p99),
        Row("memory of the web process after that", "MiB", server.memory_info().rss / MEBIBYTE),
    ]


async def measure(server: Launched, base_url: str) -> list[Row]:
    process = psutil.Process(server.process.pid)
    async with AsyncExitStack() as stack:
        plain, person = Plain(base_url), Person(f"http://127.0.0.1:{server.port}")
        stack.push_async_callback(plain.close)
        stack.push_async_callback(person.close)
        await person.make_account(server.wait_for(r"http://\S+/setup/\S+/").group())
        idle = Row("memory of the idle web process", "MiB", process.memory_info().rss / MEBIBYTE)
        conversations = [await person.begin(SHORT) for _ in range(STREAMS)]
        pages = [await stack.enter_async_context(Page(person, each)) for each in conversations]
        return [
            *await time_to_first_token(plain, pages[0]),
            *await under_load(plain, pages, process),
            idle,
        ]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="chat-bench-") as folder, upstream() as base_url:
        data = Path(folder) / "data"
        with product(data, base_url) as (server, first):
            try:
                rows = asyncio.run(measure(server, base_url))
            except BaseException:
                print(server.output, file=sys.stderr)
                raise
        with product(data, base_url) as (_, again):
            pass
    rows.append(Row("first start to first page (files collected)", "s", first))
    rows.append(Row("start to first page", "s", again))
    rows += [Row(*row) for row in decoding.rows()]
    print("The streamed text was the saved text, in every answer.")
    print(HEADINGS)
    print(*rows, sep="\n")


if __name__ == "__main__":
    main()
