"""What stands in the way of a start is said in one sentence that names it."""

import shutil
import socket
from pathlib import Path

import pytest

from tests.serving.conftest import Launch, bring_static_files
from tests.serving.launched import free_port, refused

# An upstream that nobody asks: these servers need no model.
ELSEWHERE = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused(tmp_path, port)
    assert said == f"PORT: {port} on 127.0.0.1 is taken by another program; set PORT to a free one."


def test_an_address_of_another_machine(tmp_path: Path, port: int) -> None:
    assert refused(tmp_path, port, HOST="192.0.2.1") == "HOST: 192.0.2.1 is not an address of this machine."


def test_a_data_folder_that_cannot_be_written(tmp_path: Path, port: int) -> None:
    (tmp_path / "file").touch()
    said = refused(tmp_path / "file" / "data", port, SECRET_KEY="x" * 50)
    assert said == f"DATA_DIR: {tmp_path}/file/data cannot be written (Not a directory)."


def test_a_data_folder_that_cannot_hold_the_secret_key(tmp_path: Path, port: int) -> None:
    (tmp_path / "file").touch()
    said = refused(tmp_path / "file" / "data", port)
    assert said == f"DATA_DIR: {tmp_path}/file/data cannot be written (Not a directory)."


@pytest.mark.parametrize(
    "values",
    [
        {"SIGNUP": "maybe"},
        {"PORT": "70000", "OPENAI_BASE_URL": "http://169.254.169.254/v1"},
        {
            "PORT": "eighty",
            "UPSTREAM_IDLE_TIMEOUT": "soon",
            "RATE_LIMIT_MESSAGES": "-1",
            "GENERATION_RUNNER": "nobody",
            "OPENAI_BASE_URL": "localhost:8080",
            "UPSTREAM_PROXY": "socks5://127.0.0.1:1080",
            "DATABASE_URL": "mysql://localhost/chat",
            "REDIS_URL": "127.0.0.1",
            "SIGNUP": "maybe",
            "DEBUG": "perhaps",
        },
    ],
    ids=len,
)
def test_each_value_that_makes_no_sense_is_named_in_a_line(
    tmp_path: Path, port: int, values: dict[str, str]
) -> None:
    said = refused(tmp_path, port, **values)
    assert sorted(line.partition(":")[0] for line in said.splitlines()) == sorted(values)


def test_a_database_that_does_not_answer(tmp_path: Path, port: int) -> None:
    said = refused(tmp_path, port, DATABASE_URL=f"postgres://nobody@127.0.0.1:{free_port()}/chat")
    assert said.startswith("DATABASE_URL: the database cannot be used (")
    assert "\n" not in said


def test_a_database_file_that_is_none(tmp_path: Path, port: int) -> None:
    (tmp_path / "db.sqlite3").write_text("This is not a database. " * 200)
    assert refused(tmp_path, port).startswith("DATA_DIR: the database cannot be used (")


def test_other_machines_must_wait_for_the_first_account(tmp_path: Path, port: int, migrated: Path) -> None:
    shutil.copytree(migrated, tmp_path / "data")
    bring_static_files(tmp_path / "data")
    said = refused(tmp_path / "data", port, HOST="0.0.0.0")
    assert said.startswith("HOST: 0.0.0.0 can be reached from other machines, and there is no account yet")


def test_a_second_server_on_the_same_folder(launch: Launch) -> None:
    first = launch(**ELSEWHERE)
    said = refused(first.data, free_port(), **ELSEWHERE)
    assert said == f"DATA_DIR: another server (process {first.process.pid}) is using {first.data}."
    assert first.get("/healthz") == 200
