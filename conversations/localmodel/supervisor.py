"""Keeps the model's process alive: starts it, tells when it answers, starts it again when it dies."""

import asyncio
import enum
import json
import logging
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from conversations.localmodel.weights import MODEL_ID, find_weights

logger = logging.getLogger(__name__)

FIRST_PAUSE = 0.25  # seconds before the first restart; doubles up to
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # a process that lived this long starts the pauses anew
STOP_SECONDS = 3.0


class State(enum.Enum):
    """What the page can say about the model on this machine."""

    ABSENT = "absent"
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"


class LocalModel:
    """One supervised llama.cpp server. `address` and `api_key` stay the same over restarts where they can.

    `moved(address)` is called in the supervisor's thread when a restart had to take another port.
    """

    current: ClassVar["LocalModel | None"] = None  # the one that this process keeps alive

    def __init__(self, log: Path, moved: Callable[[str], None]) -> None:
        self.weights = find_weights()
        self.log = log
        self.moved = moved
        self.api_key = secrets.token_urlsafe(24)
        self.port = free_port()
        self.restarts = 0
        self._ready = threading.Event()
        self._ending = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._keep_alive, name="local-model", daemon=True)

    @property
    def address(self) -> str:
        """The base URL that a provider's row names."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def state(self) -> State:
        if self._ready.is_set():
            return State.READY
        return State.RESTARTING if self.restarts else State.STARTING

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        LocalModel.current = self
        self.log.write_bytes(b"")
        self._thread.start()

    def stop(self) -> None:
        """Ends the process and waits until it is gone, at most a few seconds."""
        LocalModel.current = None
        self._ending.set()
        if self._process is not None:
            self._process.terminate()
        self._thread.join(STOP_SECONDS)
        if self._process is not None and self._process.poll() is None:
            self._process.kill()

    def _keep_alive(self) -> None:
        pause = FIRST_PAUSE
        while not self._ending.is_set():
            started = time.monotonic()
            code = self._live_once()
            if self._ending.is_set():
                return
            self.restarts += 1
            pause = FIRST_PAUSE if time.monotonic() - started > STEADY_AFTER else pause
            logger.warning("The local model ended (code %s); starting it again in %.2g s.", code, pause)
            self._ending.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _live_once(self) -> int:
        """One life of the process, from its start to its end. Returns its exit code."""
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C is for us, so that running answers can still be saved.
            process = subprocess.Popen(
                [sys.executable, "-I", str(Path(__file__).with_name("llama.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        with process:
            self._process = process
            if self._ending.is_set():
                process.terminate()
            try:
                self._introduce(process)
                return process.wait()
            finally:
                self._ready.clear()

    def _introduce(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin
        assert process.stdout
        order = {
            "model": str(self.weights),
            "alias": MODEL_ID,
            "port": self.port,
            "api_key": self.api_key,
        }
        try:
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
        except BrokenPipeError:
            return
        if process.stdout.readline():
            self._ready.set()
            return
        # It never answered: perhaps another program took the port meanwhile.
        self.port = free_port()
        self.moved(self.address)


def free_port() -> int:
    """A port of loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def state() -> State:
    """What the model of this process is doing."""
    return LocalModel.current.state if LocalModel.current else State.ABSENT


def is_here(base_url: str) -> bool:
    """Whether this is the address of the model which this process keeps alive."""
    return LocalModel.current is not None and LocalModel.current.address == base_url


def is_starting(base_url: str) -> bool:
    """Whether this is the address of our own model, which does not answer yet."""
    model = LocalModel.current
    return model is not None and model.address == base_url and model.state is not State.READY


async def ready(base_url: str, seconds: float = 30) -> bool:
    """Waits, if `base_url` is that of the model which this process keeps alive, until it answers.

    False if it does not in time. True at once for every other address: there is nothing to wait for.
    """
    deadline = time.monotonic() + seconds
    while is_starting(base_url):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True
