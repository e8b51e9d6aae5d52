"""The processes of a column: started, killed, frozen, ended and started again by name."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from tests.serving.launched import ROOT, free_port

START = 180.0  # seconds
END = 60.0
MEBIBYTE = 2**20


class Service:
    """One command of ours; what it prints is read all the time."""

    def __init__(self, command: list[str], says: str, environment: dict[str, str]) -> None:
        self.command, self.says = command, says
        self.port = int(environment.get("PORT", 0))
        self.environment = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings", **environment}
        self.lines: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self._told = threading.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        return "".join(self.lines)

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def begin(self, **more: str) -> None:
        if self.is_alive:
            return
        self.lines.clear()
        self.process = subprocess.Popen(
            [sys.executable, *self.command],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()

    def ready(self) -> None:
        deadline = time.monotonic() + START
        with self._told:
            while self.says not in self.output:
                assert self.is_alive, f"{self.command} ended:\n{self.output}"
                assert time.monotonic() < deadline, f"{self.command} does not start:\n{self.output}"
                self._told.wait(0.5)

    def start(self, **more: str) -> None:
        self.begin(**more)
        self.ready()

    def send(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        assert self.process is not None
        self.process.wait(END)

    def terminate(self) -> int:
        """As a deploy does; the exit code."""
        self.send(signal.SIGTERM)
        assert self.process is not None
        return self.process.wait(END)

    def memory(self) -> int:
        """MiB."""
        assert self.process is not None
        return int(psutil.Process(self.process.pid).memory_info().rss / MEBIBYTE)

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                with self._told:
                    self.lines.append(line)
                    self._told.notify_all()


def serve(data: Path, **environment: str) -> Service:
    address = {"DATA_DIR": str(data), "PORT": str(free_port())}
    return Service(["manage.py", "serve"], "Ctrl-C stops it", {**address, **environment})


def runner(data: Path, **environment: str) -> Service:
    command = ["manage.py", "rungenerations", "--drain", "1"]
    return Service(command, "is at work", {"DATA_DIR": str(data), **environment})


def runner_beside_the_test() -> Service:
    """A runner that sees the rows of the test that starts it."""
    from django.conf import settings
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    address = f"sqlite:///{name}"
    if connection.vendor != "sqlite":
        address = urlsplit(os.environ["TEST_DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return runner(settings.DATA_DIR, DATABASE_URL=address)


def uvicorn(data: Path, **environment: str) -> Service:
    port = str(free_port())
    command = [
        "-m",
        "uvicorn",
        "chatsite.asgi:application",
        "--port",
        port,
        "--timeout-graceful-shutdown",
        "5",
    ]
    return Service(command, "Uvicorn running", {"DATA_DIR": str(data), "PORT": port, **environment})
