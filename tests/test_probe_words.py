"""What a probe says about servers, and about what stands between, that do not do as they should."""

import dataclasses
import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command

from conversations.models import Provider
from conversations.probe import PATIENCE, probe
from conversations.probe_checks import checks_of, problems_of
from conversations.probe_findings import bursts
from tests.scripted_upstream import (
    ScriptedUpstream,
    finish,
    raw,
    reasoning,
    text,
    tool_call,
    wait_for,
)


def problems(provider: Provider, **limits: float) -> str:
    patience = dataclasses.replace(PATIENCE, **limits)
    return "\n".join(problems_of(async_to_sync(probe)(provider, deadlines=patience)))


def at(base_url: str) -> Provider:
    Provider.objects.update(base_url=base_url)
    return Provider.objects.get()


def counting(upstream: ScriptedUpstream) -> None:
    """The first pieces one by one: `read` opens when the first has gone through."""
    upstream.script(steps=[text("one, "), finish(usage=(21, 40))])
    upstream.script(steps=[text("one, "), wait_for("read"), text("two, three"), finish(usage=(21, 40))])
    upstream.script(steps=[tool_call("clock", "{}"), finish("tool_calls")])


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port where each connection is given to `answer`, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stopped = threading.Event()

        def serve() -> None:
            while not stopped.is_set():
                with suppress(OSError):
                    connection, _ = server.accept()
                    with connection, suppress(OSError):
                        answer(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        stopped.set()
        with suppress(OSError):
            socket.create_connection(server.getsockname(), timeout=1).close()
        thread.join(5)


class Collecting:
    """A proxy that sends an answer on when it has all of it."""

    def __init__(self, upstream: ScriptedUpstream) -> None:
        self.place = ("127.0.0.1", int(upstream.base_url.rpartition(":")[2].partition("/")[0]))

    def __call__(self, connection: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked or not asked.endswith((b"}", b"\r\n\r\n")):
            asked += connection.recv(65536)
        with socket.create_connection(self.place) as there:
            there.sendall(asked.replace(b"keep-alive", b"close"))
            collected = b""
            while not collected.endswith((b"0\r\n\r\n", b"]}")):
                collected += there.recv(65536)
        connection.sendall(collected)


def test_a_proxy_that_holds_the_answer_back_is_found_out(
    provider: Provider, upstream: ScriptedUpstream
) -> None:
    counting(upstream)
    upstream.release("read")
    with serving(Collecting(upstream)) as port:
        said = problems(at(f"http://127.0.0.1:{port}/v1"))
    assert "The whole answer came in one piece. Likely cause: A proxy between that buffers" in said


@pytest.mark.parametrize(
    ("arrivals", "number"),
    [((), 0), ((5.0,), 1), ((5.0, 5.001, 5.002), 1), ((1.0, 1.5, 2.0), 3), ((0.1, 5.0, 5.01), 2)],
)
def test_parts_that_come_close_together_are_one_burst(arrivals: tuple[float, ...], number: int) -> None:
    assert bursts(arrivals) == number


def test_a_base_url_without_v1_is_completed(provider: Provider, upstream: ScriptedUpstream) -> None:
    upstream.refuse(404, {"detail": "Not Found"}, model="GET /models")
    listed = {"Content-Type": "application/json"}
    upstream.script(model="GET /models", steps=[raw(b'{"data": [{"id": "alpha"}]}')], headers=listed)
    base = upstream.base_url.removesuffix("/v1")
    assert f"models are listed at {base}/v1. Enter that." in problems(at(base))


def test_a_tool_that_is_ignored_or_refused_is_said(provider: Provider, upstream: ScriptedUpstream) -> None:
    assert "Tools: Ignored" in problems(provider)
    for _ in range(2):
        upstream.script(steps=[text("one, "), finish(usage=(2, 5))])
    upstream.refuse(400, {"error": {"message": "this model does not support tools"}})
    said = problems(provider)
    assert "Tools: Refused" in said
    assert "this model does not support tools" in said


def test_reasoning_is_noticed(provider: Provider, upstream: ScriptedUpstream) -> None:
    upstream.script(steps=[reasoning("Hm"), text("one, two"), finish(usage=(2, 5))])
    found = checks_of(async_to_sync(probe)(provider))
    assert "The model shows its reasoning." in [check.found for check in found]


def test_a_server_without_a_key_that_wants_one(provider: Provider, upstream: ScriptedUpstream) -> None:
    provider.enter_key("")
    provider.save()
    upstream.refuse(401, {"error": {"message": "No API key"}})
    assert "No key is stored, and this server wants one." in problems(provider)


def test_an_address_inside_is_not_asked(provider: Provider) -> None:
    assert "link-local or metadata address" in problems(at("http://169.254.169.254/v1"))


def test_nothing_that_a_server_sends_steers_the_terminal(
    provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.models = ["alpha", "\x1b]0;owned\x07beta\x1b[2J", "\u202egamma"]
    out = io.StringIO()
    call_command("probe_upstream", stdout=out, stderr=out)
    assert "beta" in out.getvalue()
    assert not {"\x1b", "\x07", "\u202e"} & set(out.getvalue())
