"""The connection doctor, in a browser: all is well, and each thing that can stand in the way."""

from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from conversations.consumers import doctor
from tests.browser.conftest import Wire
from tests.live import LiveServer


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SILENCE", 0.5)


def found(page: Page, test: str) -> Any:
    return page.locator(f"[data-test={test}] p:visible")


def test_all_is_well(page: Page, live: LiveServer) -> None:
    page.goto("/doctor/")
    expect(page.get_by_text("All is well.")).to_be_visible(timeout=20_000)
    expect(found(page, "upgrade")).to_contain_text("one round trip takes")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Try again")).to_be_hidden()


def test_a_proxy_that_knows_no_websockets(page: Page, live: LiveServer) -> None:
    page.route_web_socket("**/ws/doctor/", lambda socket: socket.close(code=1011))
    page.goto("/doctor/")
    expect(found(page, "upgrade")).to_contain_text("No websocket can be opened.")
    expect(page.get_by_text("Something stands in the way")).to_be_visible()
    page.get_by_text("nginx").click()
    expect(page.get_by_text("proxy_set_header Upgrade $http_upgrade;")).to_be_visible()


def test_a_proxy_that_collects_frames(page: Page, live: LiveServer) -> None:
    def collecting(socket: WebSocketRoute) -> None:
        server, kept = socket.connect_to_server(), []

        def passed(message: Any) -> None:
            kept.append(message)
            if "tick" not in message or len(kept) >= 8:
                for one in kept:
                    socket.send(one)
                kept.clear()

        server.on_message(passed)

    page.route_web_socket("**/ws/doctor/", collecting)
    page.goto("/doctor/")
    expect(found(page, "buffering")).to_contain_text("arrives in bursts")


def test_a_proxy_that_cuts_silent_connections(
    page: Page, live: LiveServer, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "SILENCE", 60.0)
    page.goto("/doctor/")
    expect(found(page, "idle")).to_contain_text("of 60 seconds")
    wire.cut()
    expect(found(page, "idle")).to_contain_text("was cut after")
    expect(found(page, "buffering")).to_contain_text("nothing is held back")


def test_without_scripts_the_proxies_lines_are_there(open_context: Any, live: LiveServer) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/doctor/")
    for name in ("nginx", "Caddy", "Traefik", "Apache"):
        expect(page.get_by_text(name, exact=True)).to_be_visible()
    assert "The tests need JavaScript." in page.content()
