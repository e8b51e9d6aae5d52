"""The demo model: started when nothing better is configured, kept alive, and led to by a row."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from conversations.localmodel import LocalModel, NotInstalled, State, ready, state
from conversations.localmodel.provider import is_wanted, leave_local_model, move, use_local_model
from conversations.localmodel.weights import MODEL_ID
from conversations.models import Provider
from conversations.upstream import Endpoint, UpstreamClient, UpstreamError

PATIENCE = 120.0


def started(folder: Path) -> LocalModel:
    model = LocalModel(folder / "local-model.log", moved=lambda address: None)
    model.start()
    return model


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalModel]:
    """To load it takes seconds."""
    model = started(tmp_path_factory.mktemp("model"))
    yield model
    model.stop()


@pytest.fixture
def model(running: LocalModel) -> Iterator[LocalModel]:
    """This process's model, as long as a test lasts that leaves it running."""
    LocalModel.current = running
    yield running
    LocalModel.current = None


async def test_it_answers_with_its_own_key_only(model: LocalModel) -> None:
    assert await ready(model.address, PATIENCE)
    assert state() is State.READY
    client = UpstreamClient()
    try:
        [listed] = await client.models(Endpoint(model.address, model.api_key))
        assert listed.id == MODEL_ID
        with pytest.raises(UpstreamError, match=r"(?i)key"):
            await client.models(Endpoint(model.address, "another"))
    finally:
        await client.aclose()


async def test_it_works_at_a_lower_priority(model: LocalModel) -> None:
    await ready(model.address, PATIENCE)
    assert model.pid
    assert psutil.Process(model.pid).nice() == min(psutil.Process().nice() + 10, 19)


async def test_it_is_started_again_at_the_same_address(model: LocalModel) -> None:
    assert await ready(model.address, PATIENCE)
    address, first = model.address, model.pid
    before = model.restarts
    assert first
    os.kill(first, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(first)] if psutil.pid_exists(first) else [], timeout=PATIENCE)
    deadline = time.monotonic() + PATIENCE
    while model.restarts == before:
        assert time.monotonic() < deadline
    assert await ready(address, PATIENCE)
    assert model.address == address
    assert model.pid != first


async def test_it_is_gone_after_stop(tmp_path: Path) -> None:
    model = started(tmp_path)
    await ready(model.address, PATIENCE)
    assert model.pid
    process = psutil.Process(model.pid)
    model.stop()
    assert not process.is_running()
    assert state() is State.ABSENT


# Holds Python's lock for ever, as native code does for seconds while it loads weights on a busy machine.
LOADING = """
import ctypes, sys
from conversations.localmodel.llama import end_with
end_with(sys.stdin.buffer)
print("loading", flush=True)
ctypes.PyDLL(None).pause()
"""


def test_it_ends_with_its_parent_even_while_it_loads() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", LOADING], stdin=pipe, stdout=pipe) as child:
        assert child.stdin
        assert child.stdout
        assert child.stdout.readline() == b"loading\n"
        child.stdin.close()
        try:
            assert child.wait(PATIENCE) == -signal.SIGIO
        finally:
            child.kill()


async def test_other_addresses_need_no_waiting() -> None:
    assert await ready("https://api.openai.com/v1", seconds=0)


def test_missing_wheels_are_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NotInstalled, match="not installed"):
        LocalModel(tmp_path / "log", moved=lambda address: None)


def provider(**fields: object) -> Provider:
    return Provider.objects.create(**{"name": "Better", "base_url": "https://better.example/v1"} | fields)


@pytest.mark.django_db
def test_it_is_wanted_until_there_is_another_provider() -> None:
    assert is_wanted()
    use_local_model("http://127.0.0.1:1/v1", "key")
    assert is_wanted()
    other = provider(enabled=False)
    assert is_wanted()
    other.enabled = True
    other.save()
    assert not is_wanted()


@pytest.mark.django_db
def test_its_row_follows_it() -> None:
    use_local_model("http://127.0.0.1:1/v1", "one")
    use_local_model("http://127.0.0.1:2/v1", "two")
    row = Provider.objects.get()
    assert (row.kind, row.base_url, row.key) == ("local", "http://127.0.0.1:2/v1", "two")
    assert (row.enabled, row.is_default, row.fallback_model) == (True, True, MODEL_ID)


@pytest.mark.django_db(transaction=True)
def test_its_row_follows_it_to_another_port() -> None:
    use_local_model("http://127.0.0.1:1/v1", "one")
    move("http://127.0.0.1:3/v1")
    row = Provider.objects.get()
    assert (row.base_url, row.key) == ("http://127.0.0.1:3/v1", "one")


@pytest.mark.django_db
def test_it_does_not_take_a_better_default_away() -> None:
    better = provider(is_default=True)
    use_local_model("http://127.0.0.1:1/v1", "key")
    assert Provider.objects.get(is_default=True) == better


@pytest.mark.django_db
def test_it_leaves_the_choice_when_it_is_not_started() -> None:
    use_local_model("http://127.0.0.1:1/v1", "key")
    leave_local_model()
    assert not Provider.objects.usable().exists()
    assert not Provider.objects.filter(is_default=True).exists()
