"""Servers for tests: as many as a test starts, none left after it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests import groundwork
from tests.serving.launched import ROOT, Launched, free_port

Launch = Callable[..., Launched]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty database: migrating takes seconds, so it is done once for all servers."""
    data = tmp_path_factory.mktemp("migrated")
    if groundwork.folder() is not None and connection.vendor == "sqlite":
        shutil.copy(groundwork.wait_for(groundwork.DATABASE) / "db.sqlite3", data)
        return data
    environment = {**os.environ, "DATA_DIR": str(data)}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    return data


@pytest.fixture
def launch(tmp_path: Path, port: int, migrated: Path) -> Iterator[Launch]:
    """Starts a server on `port` with its data in `tmp_path`, and waits until it says where it is."""
    servers: list[Launched] = []
    shutil.copytree(migrated, tmp_path / "data")
    bring_static_files(tmp_path / "data")

    def start(**environment: str) -> Launched:
        server = Launched(tmp_path / "data", port, **environment)
        servers.append(server)
        server.wait_for("Ctrl-C stops it")
        return server

    yield start
    for server in servers:
        server.close()


def bring_static_files(data: Path) -> None:
    """Those that this test run has collected: doing it again takes seconds for each server."""
    data.mkdir(exist_ok=True)
    (data / "static").symlink_to(settings.STATIC_ROOT)
    shutil.copy(settings.DATA_DIR / "static.stamp", data)
