"""A stranger's first minutes: the server is started, its link opened, a question asked, an answer read."""

import json
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from conversations.localmodel.weights import MODEL_ID, NotInstalled, find_weights
from tests.benchmarks.readers import Page, Person
from tests.promises import IN_SECONDS
from tests.serving.launched import Launched, free_port

TEN_SECONDS = 10.0


@contextmanager
def first_start(data: Path) -> Iterator[Launched]:
    """`manage.py serve` in an empty folder, as nobody has configured it; the files are collected too."""
    server = Launched(data, free_port())
    try:
        server.wait_for("Ctrl-C stops it")
        yield server
    finally:
        server.close()


async def export(person: Person, conversation: str) -> dict[str, Any]:
    async with person.session.get(f"{person.url}/conversations/{conversation}/export.json") as response:
        exported: dict[str, Any] = json.loads(await response.text())
        return exported


@pytest.mark.slow
@IN_SECONDS
async def test_a_first_conversation(tmp_path: Path) -> None:
    try:
        find_weights()
    except NotInstalled as reason:
        pytest.skip(str(reason))
    with first_start(tmp_path / "data") as server:
        models = psutil.Process(server.process.pid).children(recursive=True)
        assert len(models) == 1
        person = Person(f"http://127.0.0.1:{server.port}")
        try:
            await converse(person, server)
        finally:
            await person.close()
        begun = time.monotonic()
        assert server.stop(signal.SIGTERM) == 0, server.output
        assert time.monotonic() - begun < TEN_SECONDS
        _, left = psutil.wait_procs(models, timeout=TEN_SECONDS)
        # A dead child of a dead parent may stay as a zombie until init looks at it.
        assert [process for process in left if process.status() != psutil.STATUS_ZOMBIE] == []
    assert "Traceback" not in server.output


async def converse(person: Person, server: Launched) -> None:
    await person.make_account(server.wait_for(r"http://\S+/setup/\S+/").group())
    conversation = await person.begin("")
    async with Page(person, conversation) as page:
        # Waits for the end of the first answer, then asks again and follows it word by word.
        seen = await page.ask("")
    assert len(seen.pieces) > 1
    exported = await export(person, conversation)
    first, second = [message for message in exported["messages"] if message["role"] == "assistant"]
    assert second["content"] == seen.text
    for answer in (first, second):
        assert re.search(r"\w", answer["content"])
        assert (answer["status"], answer["model"]) == ("complete", MODEL_ID)
        assert answer["finish_reason"] in ("stop", "length")
        usage = answer["usage"]
        assert usage["source"] == "reported"
        assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
        assert 0 < answer["ttft_ms"] <= answer["duration_ms"]
    async with person.session.get(f"{person.url}/conversations/{conversation}/") as response:
        assert response.status == 200
        assert (await response.text()).count('data-status="complete"') >= 2
