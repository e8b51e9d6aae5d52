"""A server that is told to end ends: within ten seconds, with code 0, and with everything it started."""

import re
import signal
import time

import psutil
import pytest

from conversations.serving.address import page_address
from tests.promises import IN_SECONDS
from tests.serving.conftest import Launch
from tests.serving.launched import Launched
from tests.serving.test_refusals import ELSEWHERE
from tests.serving.visitors import visitors

TEN_SECONDS = 10.0


def children(server: Launched) -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process(server.process.pid).children(recursive=True)
    return found


def gone(processes: list[psutil.Process]) -> bool:
    """True if they end in time. A dead child of a dead parent may stay as a zombie until init looks at it."""
    _, left = psutil.wait_procs(processes, timeout=TEN_SECONDS)
    return all(process.status() == psutil.STATUS_ZOMBIE for process in left)


@IN_SECONDS
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_its_model(launch: Launch, how: signal.Signals) -> None:
    server = launch()
    models = children(server)
    assert len(models) == 1
    started = time.monotonic()
    assert server.stop(how) == 0, server.output
    assert time.monotonic() - started < TEN_SECONDS
    assert gone(models)
    assert "Traceback" not in server.output


@IN_SECONDS
def test_the_model_ends_even_if_the_server_is_killed(launch: Launch) -> None:
    server = launch()
    models = children(server)
    server.stop(signal.SIGKILL)
    assert gone(models)


@IN_SECONDS
def test_a_signal_under_load_ends_it_cleanly(launch: Launch) -> None:
    """New connections at every moment: Daphne's own way of ending fails on those that have no page yet."""
    server = launch(**ELSEWHERE)
    with visitors(server.port) as seen:
        seen.wait_for(100)
        started = time.monotonic()
        assert server.stop() == 0, server.output
    assert time.monotonic() - started < TEN_SECONDS
    assert "Traceback" not in server.output


def test_it_starts_again_at_once_on_the_same_port(launch: Launch) -> None:
    first = launch(**ELSEWHERE)
    assert first.get("/healthz") == 200
    assert first.stop() == 0
    second = launch(**ELSEWHERE)
    assert second.get("/healthz") == 200
    assert "collected" not in second.output
    assert "up to date" not in second.output


def test_the_set_up_link_is_printed_and_works(launch: Launch) -> None:
    server = launch(**ELSEWHERE)
    link = re.search(r"http://\S+/setup/\S+/", server.output)
    assert link
    assert server.get(link.group().removeprefix(page_address("127.0.0.1", server.port)[:-1])) == 200
    assert server.get("/setup/something-else/") != 200
