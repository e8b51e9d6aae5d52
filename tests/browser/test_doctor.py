"""The connection doctor, in a browser: all is well, and each thing that can stand in the way."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from conversations.consumers import doctor
from tests.browser.conftest import Wire
from tests.live import LiveServer

TRIES = 20


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SILENCE", 0.5)


def found(page: Page, test: str) -> Any:
    return page.locator(f"[data-test={test}] p:visible")


def test_all_is_well(page: Page, live: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    page.goto("/doctor/")
    well, again = page.get_by_text("All is well."), page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    for _ in range(TRIES):
        if well.is_visible():
            break
        # A machine that stood still held frames back, and it says so.
        again.click()
        expect(again).to_be_visible()
    expect(well).to_be_visible()
    expect(found(page, "upgrade")).to_contain_text("one round trip takes")
    monkeypatch.setattr(doctor, "SILENCE", 600.0)
    again.click()
    expect(again).to_be_hidden()
    expect(found(page, "idle")).to_contain_text("of 600 seconds")


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
    # What was found before stays; which it is depends on what else this machine did.
    expect(found(page, "buffering")).to_contain_text(re.compile("nothing is held back|arrives in bursts"))


def test_without_scripts_the_proxies_lines_are_there(open_context: Any, live: LiveServer) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/doctor/")
    for name in ("nginx", "Caddy", "Traefik", "Apache"):
        expect(page.get_by_text(name, exact=True)).to_be_visible()
    assert "The tests need JavaScript." in page.content()
