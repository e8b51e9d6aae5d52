"""A real Chromium before a real server.

Every test also shows that the page asks no other host, breaks no rule of its Content-Security-Policy and logs
no error.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.templatetags.static import static
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebSocketRoute, expect

from conversations.models import Conversation, Message, Provider
from tests.browser.acts import PATIENCE
from tests.browser.windows import Windows
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream

expect.set_options(timeout=PATIENCE * 1000)

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # Django leaves a request's body to the garbage collector when a browser goes in the middle of it.
            unclosed = (
                "ignore:Exception ignored in. <function SpooledTemporaryFile"
                ":pytest.PytestUnraisableExceptionWarning"
            )
            item.add_marker(pytest.mark.filterwarnings(unclosed))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, best without what draws windows; else the one that Playwright brought."""
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    found = {"executable_path": chromium} if chromium else {}
    return {**browser_type_launch_args, **found, "args": CHROMIUM_FLAGS}


class Witness:
    """Hears what a test's pages ask for and complain about."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        # Texts of complaints that a test provokes.
        self.expected: list[str] = []

    def watch(self, context: BrowserContext) -> BrowserContext:
        return watch(context, lambda: self)

    def asked(self, url: str) -> None:
        own = (self.origin, self.origin.replace("http", "ws", 1), "data:", "blob:", "about:")
        if not url.startswith(own):
            self.strangers.append(url)

    def said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def verify(self) -> None:
        unexpected = [text for text in self.complaints if not any(words in text for words in self.expected)]
        assert self.strangers == []
        assert unexpected == []


def watch(context: BrowserContext, whose: Callable[[], Witness]) -> BrowserContext:
    """From now on all that happens in a context is told to a witness: the one of that moment."""
    context.on("request", lambda request: whose().asked(request.url))
    context.on("console", lambda message: whose().said(message))
    context.on("weberror", lambda error: whose().complaints.append(str(error.error)))
    context.on("page", lambda page: page.on("websocket", lambda socket: whose().asked(socket.url)))
    return context


class Court:
    """Whose witness it is now: windows outlast tests."""

    witness: Witness


@pytest.fixture(scope="session")
def court() -> Court:
    return Court()


@pytest.fixture
def witness(court: Court, live: LiveServer) -> Iterator[Witness]:
    court.witness = witness = Witness(live.url)
    yield witness
    witness.verify()


@pytest.fixture
def alice_cookies(as_alice: Client, live: LiveServer) -> list[dict[str, str]]:
    return [
        {"name": name, "value": cookie.value, "url": live.url} for name, cookie in as_alice.cookies.items()
    ]


@pytest.fixture(scope="session")
def windows(browser: Browser, _live_process: LiveServer) -> Windows:
    return Windows(browser, _live_process.url, static("js/helpers/uuid.js"), PATIENCE * 1000)


@pytest.fixture
def open_context(windows: Windows, court: Court, witness: Witness, alice_cookies: list[Any]) -> Iterator[Any]:
    """A browser of alice's: `open_context(viewport=…, java_script_enabled=False)`."""

    def make(**options: Any) -> BrowserContext:
        context = windows.open(lambda context: watch(context, lambda: court.witness), options)
        context.add_cookies(alice_cookies)
        return context

    yield make
    windows.leave()


@pytest.fixture
def page(open_context: Any) -> Page:
    """Alice's browser, signed in."""
    page: Page = open_context().new_page()
    return page


class Wire:
    """What lies between a page's websocket and the server, and can be cut."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sockets: list[WebSocketRoute] = []
        self._whole = True
        page.route_web_socket("**/ws/**", self._connected)

    def _connected(self, socket: WebSocketRoute) -> None:
        if not self._whole:
            socket.close()
            return
        self._sockets.append(socket)
        socket.connect_to_server()

    @property
    def connections(self) -> int:
        return len(self._sockets)

    def cut(self) -> None:
        self._whole = False
        self._sockets[-1].close()

    def mend(self) -> None:
        """The browser says so, as it does when a network is back."""
        self._whole = True
        self._page.evaluate("dispatchEvent(new Event('online'))")


@pytest.fixture
def wire(page: Page) -> Wire:
    return Wire(page)


@pytest.fixture
def talk(alice: User, provider: Provider) -> Conversation:
    """A finished conversation of alice's: one question, one answer."""
    return make_talk(alice, [("Hello?", "Hello, *Alice*.")])


def make_talk(owner: User, turns: list[tuple[str, str]], title: str = "A talk") -> Conversation:
    conversation = Conversation.objects.create(owner=owner, title=title, model="alpha")
    leaf: Message | None = None
    for question, answer in turns:
        asked = Message.objects.create(conversation=conversation, parent=leaf, role="user", content=question)
        leaf = Message.objects.create(
            conversation=conversation,
            parent=asked,
            role="assistant",
            content=answer,
            finish_reason="stop",
            model="alpha",
            usage={"prompt_tokens": 12, "completion_tokens": 345, "total_tokens": 357, "source": "reported"},
            ttft_ms=230,
            duration_ms=4600,
        )
    conversation.active_leaf = leaf
    conversation.save()
    return conversation


@pytest.fixture
def module(page: Page, live: LiveServer) -> Any:
    """`module("models/x.js", "return …")`: runs the code with the module's exports in `module`."""
    # A document without scripts of its own, from where ours can be imported.
    page.goto(static("js/helpers/uuid.js"))

    def run(path: str, code: str) -> Any:
        url = static(f"js/{path}")
        return page.evaluate(f"async () => {{ const module = await import('{url}'); {code} }}")

    return run


__all__ = ["ScriptedUpstream", "Wire", "Witness", "make_talk"]
