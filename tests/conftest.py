"""The cast and the stage: alice owns what a test makes, bob must get 404, an admin sees numbers."""

import dataclasses
import gc
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypotheses
from pytest_django import DjangoDbBlocker, Settings
from redis.exceptions import RedisError

from conversations import lifecycle
from conversations.models import OfferedModel, Provider
from conversations.serving.assets import collect_if_changed
from conversations.upstream.listing import Listed
from tests import groundwork
from tests.clearing import clear_between_tests
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, upstream

__all__ = ["upstream"]

# The same examples every time, however long each takes: a run that fails fails again.
hypotheses.register_profile(
    "calm", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypotheses.load_profile("calm")

PASSWORD = "correct horse battery"


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        groundwork.begin()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Where there is a database with its tables, this one begins as a copy of it."""
    if groundwork.folder() is None:
        return
    there = groundwork.wait_for(groundwork.DATABASE)
    asked = settings.DATABASES["default"]["TEST"]
    if connection.vendor == "sqlite":
        shutil.copy(there / "db.sqlite3", asked["NAME"])
    else:
        asked["TEMPLATE"] = groundwork.TEMPLATE


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    return groundwork.folder() is not None and connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Threads that outlive a test keep their connections, and PostgreSQL drops no database in use."""
    with django_db_blocker.unblock():
        let_tests_clear_the_audit_log()
    clear_between_tests()
    yield
    if connection.vendor == "postgresql":
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_terminate_backend(pid) {others}")


def let_tests_clear_the_audit_log() -> None:
    """Between tests all rows are deleted; on PostgreSQL in a way that no trigger minds."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS audit_stays")


# Few tests that take long.
LONG = ("test_every_page.py", "test_long_answer.py", "test_hostile_places.py", "test_long_talk.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browsers last: Playwright's synchronous interface keeps a loop running, beside which no other can.

    Of these the long files first: workers that take whole files then end together. Beside PostgreSQL only
    what touches rows: all else is the same on SQLite.
    """
    if connection.vendor != "sqlite":
        config.hook.pytest_deselected(items=[item for item in items if not touches_rows(item)])
        items[:] = [item for item in items if touches_rows(item)]
    sizes = Counter(item.path for item in items)

    def place(item: pytest.Item) -> tuple[bool, int, str]:
        if item.get_closest_marker("browser") is None:
            return False, 0, ""
        return True, -100 if item.path.name in LONG else -sizes[item.path], item.path.name

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end; looking through them again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()


def touches_rows(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not {"db", "transactional_db"}.isdisjoint(
        fixtures
    )


@pytest.fixture(autouse=True, scope="session")
def _static_files() -> None:
    """Pages name hashed files, as in production."""
    if groundwork.folder() is not None:
        groundwork.bring_static_files(Path(settings.DATA_DIR))
    collect_if_changed()


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """The real hash takes half a second, on purpose; the tests make hundreds of accounts."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _begin_in_english() -> Iterator[None]:
    """A request leaves its language in its thread."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _forget_throttling() -> None:
    for _ in range(60):
        with suppress(RedisError):  # it did not answer within the second that a sign-in would wait
            return cache.clear()
    raise AssertionError("the cache does not answer")


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", "alice@example.com", PASSWORD)


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob", "bob@example.com", PASSWORD)


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("admin", "admin@example.com", PASSWORD)


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def as_alice(alice: User) -> Client:
    return _signed_in(alice)


@pytest.fixture
def as_bob(bob: User) -> Client:
    return _signed_in(bob)


@pytest.fixture
def as_admin(admin: User) -> Client:
    return _signed_in(admin)


@pytest.fixture
def provider(db: None, upstream: ScriptedUpstream) -> Provider:
    """The scripted upstream, connected."""
    scripted = Provider.objects.create(
        name="scripted",
        base_url=upstream.base_url,
        api_key="sk-scripted",
        is_default=True,
        default_model="alpha",
    )
    OfferedModel.objects.follow(scripted.pk, [Listed("alpha"), Listed("beta")])
    return scripted


@pytest.fixture
async def house(transactional_db: None) -> AsyncIterator[lifecycle.House]:
    """This process's runner, feeds and doorbell, in the test's own loop."""
    yield lifecycle.started()
    await lifecycle.drain()


@pytest.fixture(scope="session")
def _live_process() -> Iterator[LiveServer]:
    server = LiveServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def live(_live_process: LiveServer, transactional_db: None) -> Iterator[LiveServer]:
    """Daphne with the embedded runner, on a real port; its rows are this test's."""
    yield _live_process
    _live_process.drain()


@pytest.fixture
def limits(settings: Settings) -> "Limits":
    """Sets numbers of the environment for one test: `limits["rate_limit_messages"] = 2`."""
    return Limits(settings)


class Limits(dict[str, int]):
    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def __setitem__(self, name: str, value: int) -> None:
        super().__setitem__(name, value)
        self._settings.ENVIRONMENT = dataclasses.replace(self._settings.ENVIRONMENT, **{name: value})
