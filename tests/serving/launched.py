"""`manage.py serve` as a process of its own, with a data folder and a port of its own."""

import contextlib
import http.client
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 180.0
END_SECONDS = 60.0


def _ports() -> Iterator[int]:
    """Below those that the system gives to outgoing connections, of which the tests make thousands: one of
    them could take a port between the look at it and the server's start. A thousand for each worker of
    pytest-xdist; another run on the same machine most probably has others.
    """
    run = int(os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex), 16)
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    first, at = 10_000 + (run + worker) % 22 * 1000, run % 997
    return (first + (at + number) % 1000 for number in itertools.count())


_PORTS = _ports()


def free_port() -> int:
    """One that nothing listens on, and that is given to nobody else."""
    for port in _PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


def environment(data: Path, port: int, **more: str) -> dict[str, str]:
    """What the process sees: the suite's own environment (nothing foreign in it) and its own address."""
    return {**os.environ, "DATA_DIR": str(data), "PORT": str(port), "PYTHONUNBUFFERED": "1", **more}


def refused(data: Path, port: int, **more: str) -> str:
    """Starts a server that must not start; what it said before it ended with code 1."""
    run = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment(data, port, **more),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    return run.stderr.strip()


class Launched:
    """A server that is starting. Its lines are read all the time, so that it never waits for a reader."""

    def __init__(self, data: Path, port: int, *command: str, **more: str) -> None:
        """`command`: what Python runs instead of `manage.py serve`."""
        self.data, self.port = data, port
        self.lines: list[str] = []
        self._told = threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, *(command or ("manage.py", "serve"))],
            cwd=ROOT,
            env=environment(data, port, **more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self._told:
                self.lines.append(line)
                self._told.notify_all()
        with self._told:
            self._told.notify_all()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """The first match in what the process prints."""
        deadline = time.monotonic() + START_SECONDS
        with self._told:
            while (found := re.search(pattern, self.output)) is None:
                left = deadline - time.monotonic()
                assert left > 0, f"never printed {pattern!r}:\n{self.output}"
                assert self._reader.is_alive(), f"ended without {pattern!r}:\n{self.output}"
                self._told.wait(min(left, 0.5))
        return found

    def get(self, path: str) -> int:
        """The status code of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends it; the exit code."""
        self.process.send_signal(how)
        code = self.process.wait(END_SECONDS)
        self._reader.join(END_SECONDS)
        return code

    def close(self) -> None:
        """After the test, however that went."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout
        self._reader.join(END_SECONDS)
        self.process.stdout.close()
