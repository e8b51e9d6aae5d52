"""What the conversation page weighs, and what a streaming answer costs to render, token by token.

The bytes are those that a browser with Brotli gets, each file by itself, as it is served.
"""

import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import brotli

from conversations.rendering import OpenBlocks
from conversations.serving.slimming import slimmed
from tests.benchmarks.rows import Row

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "static"
TEMPLATES = ("base.html", "shell.html", "conversations/show.html")
TOKENS = 20_000
CHARACTERS = 4  # of a token
ROUNDS = 3
# Of one stream: a quick one.
TOKENS_A_SECOND = 100
MIXED = """A paragraph with **bold**, `code` and a [link](https://example.com/), and $x^2$ in the middle.

```python
def answer(question: str) -> int:
    return len(question) * 42
```

| a | b |
|--:|:--|
| 1 | 2 |

1. one
2. two
   - nested

> quoted, and said again in other words

"""
ENDLESS = {
    "list": "- an entry with **bold** words and `code`\n",
    "table": "| one | two | three |\n",
    "paragraph": "Words and **bold** words and `code`, ",
}


def rows() -> list[Row]:
    weight = sum(len(brotli.compress(as_served(file))) for file in [*scripts(), *styles()])
    found = [
        Row("scripts and styles of the conversation page", "KB", weight / 1000, bar=60),
        Row("rendering a token of mixed text, 20,000 of them", "ms", ms_a_token(MIXED), bar=0.02),
    ]
    for name, piece in ENDLESS.items():
        start = "| a | b | c |\n|---|---|---|\n" if name == "table" else ""
        core = ms_a_token(piece, start) * TOKENS_A_SECOND / 10
        found.append(Row(f"core for one endless {name}, {TOKENS_A_SECOND} tokens/s", "%", core, bar=10))
    return [*found, *painted_rows(), *live_rows()]


def painted_rows() -> list[Row]:
    """The first visit of a new process and the best of those that follow."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.benchmarks.painting"]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    cold, warm, many = (float(figure) for figure in said.split())
    return [
        Row("a page of 40 messages with 20 code blocks, cold", "ms", cold, bar=200),
        Row("… again", "ms", warm, bar=40),
        Row("a page of 2,000 messages with 1,000 code blocks, cold", "ms", many),
    ]


def live_rows() -> list[Row]:
    """What the browser test of a long answer found."""
    test = "tests/browser/test_long_answer.py::test_the_last_deltas_cost_as_much_as_the_first"
    with tempfile.TemporaryDirectory(prefix="chat-bench-") as folder:
        report = Path(folder) / "report.xml"
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:xdist",
            "-o",
            "junit_family=xunit1",
            f"--junitxml={report}",
            test,
        ]
        said = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True).stdout
        cost = dict(re.findall(r'<property name="(first|last)" value="([\d.]+)"', report.read_text()))
    if len(cost) < 2:
        # The test has bars of its own; but without figures it is broken.
        raise RuntimeError(said)
    first, last = float(cost["first"]), float(cost["last"])
    return [
        Row("main thread for one delta, last tenth of 80 KB", "ms", last, first),
        Row("… of that in the first tenth", "times", last / first, bar=2),
    ]


def as_served(file: Path) -> bytes:
    slim = slimmed(str(file.relative_to(STATIC)))
    return slim(file.read_text()).encode() if slim else file.read_bytes()


def scripts() -> list[Path]:
    """All that app.js leads to on every page."""
    seen: list[Path] = []
    todo = [STATIC / "js/app.js"]
    while todo:
        file = todo.pop()
        if file in seen:
            continue
        seen.append(file)
        named = re.findall(r"""(?:from|import) "(\.[^"]+)";""", file.read_text())
        todo += [(file.parent / name).resolve() for name in named]
    return seen


def styles() -> list[Path]:
    pages = "".join((ROOT / "templates" / name).read_text() for name in TEMPLATES)
    return [STATIC / name for name in dict.fromkeys(re.findall(r"css/[\w-]+\.css", pages))]


def ms_a_token(text: str, start: str = "") -> float:
    """The best of several rounds, which nothing else on this machine disturbed."""
    whole = text * (TOKENS * CHARACTERS // len(text) + 1)
    pieces = [whole[at : at + CHARACTERS] for at in range(0, TOKENS * CHARACTERS, CHARACTERS)]
    return min(seconds([start, *pieces]) for _ in range(ROUNDS)) / TOKENS * 1000


def seconds(pieces: list[str]) -> float:
    """Settled after each, as for a page that keeps up."""
    blocks = OpenBlocks()
    begun = time.perf_counter()
    for piece in pieces:
        blocks.feed(piece)
        blocks.settle()
    return time.perf_counter() - begun


if __name__ == "__main__":
    print(*rows(), sep="\n")
