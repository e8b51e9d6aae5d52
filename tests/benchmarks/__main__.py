"""`make bench`: what an answer costs through us, beside a plain read of the upstream and a naive server.

All are measured in the same run, in turns. Trust the ratios: the absolute figures are those of this machine
at this moment. Exits with 1 if a bar is missed.
"""

# First: nothing of the environment reaches what is measured.
import tests.environment  # noqa: F401  # isort: skip

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import psutil

from tests.benchmarks import beside_naive, decoding, page, recovery, usage
from tests.benchmarks.beside_naive import Ask, cpu_seconds
from tests.benchmarks.readers import Page, Person, Plain
from tests.benchmarks.rows import HEADINGS, Row
from tests.serving.launched import ROOT, Launched, free_port

ROUNDS = 20  # of one answer at a time
SHORT = "1@0"
MEBIBYTE = 2**20


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
        if server.process.poll() is None:
            assert server.stop() == 0, server.output
    except BaseException:
        print(server.output, file=sys.stderr)
        raise
    finally:
        server.close()


async def at_rest(plain: Plain, page: Page, process: psutil.Process) -> list[Row]:
    """One answer at a time: its first token, and what it costs."""
    model = "10@50"
    ways: dict[str, Ask] = {"plain": plain.ask, "ours": page.ask}
    seen: dict[str, list[float]] = {"plain": [], "ours": []}
    # Taken in turns, so that what else this machine does falls on both; the first of each warms up.
    for _ in range(ROUNDS + 1):
        for name, ask in ways.items():
            seen[name].append((await ask(model)).ttft_ms)
    direct, through = (statistics.median(seen[name][1:]) for name in ("plain", "ours"))
    before = cpu_seconds(process)
    for _ in range(ROUNDS):
        await page.ask(SHORT)
    return [
        Row("time to first token, median, beside a plain read", "ms", through, direct),
        Row("… added by us at rest", "ms", through - direct, bar=15),
        Row("CPU for an answer of one token", "ms", (cpu_seconds(process) - before) / ROUNDS * 1000),
    ]


async def measure(server: Launched, base_url: str, person: Person) -> tuple[list[Row], str, str]:
    """The rows, and of the killed server: the conversation whose answer ran, and what was shown of it."""
    process = psutil.Process(server.process.pid)
    async with AsyncExitStack() as stack:
        plain = Plain(base_url)
        stack.push_async_callback(plain.close)
        await person.make_account(server.wait_for(r"http://\S+/setup/\S+/").group())
        rows = [Row("memory of the idle web process", "MiB", process.memory_info().rss / MEBIBYTE)]
        conversation = await person.begin(SHORT)
        async with Page(person, conversation) as page:
            rows += await at_rest(plain, page, process)
            rows += await recovery.measure(page)
        rows += await beside_naive.measure(person, process, plain, base_url)
        memory = process.memory_info().rss / MEBIBYTE
        rows.append(Row("memory of the web process after all that", "MiB", memory))
        async with Page(person, conversation) as page:
            shown = await recovery.kill(page, server)
        return rows, conversation, shown


async def all_of_it(data: Path, base_url: str) -> list[Row]:
    with product(data, base_url) as (server, first):
        person = Person(f"http://127.0.0.1:{server.port}")
        rows, conversation, shown = await measure(server, base_url, person)
    try:
        with product(data, base_url) as (server, again):
            person.url = f"http://127.0.0.1:{server.port}"
            rows += await recovery.after_kill(person, conversation, shown)
    finally:
        await person.close()
    rows.append(Row("first start to first page (files collected)", "s", first))
    rows.append(Row("start to first page", "s", again))
    return rows


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="chat-bench-") as folder, upstream() as base_url:
        rows = asyncio.run(all_of_it(Path(folder) / "data", base_url))
    rows += [Row(*row) for row in decoding.rows()]
    rows += [Row(*row) for row in usage.rows()]
    rows += page.rows()
    print(HEADINGS)
    print(*rows, sep="\n")
    missed = [row.name for row in rows if not row.passes]
    print(f"{len(missed)} bars were missed." if missed else "Every bar was passed.")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
