"""What one test does with a browser's window, the next one does not find there."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import Court, watch
from tests.browser.windows import Windows

LEFT = """() => [localStorage.length, sessionStorage.length, innerWidth, globalThis.mine ?? null,
  matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("print").matches]"""
CLEAN = [0, 0, 1280, None, False, False]


@pytest.fixture
def again(windows: Windows, court: Court, witness: object, alice_cookies: list[Any]) -> Any:
    """Ends the test before, and opens the window of the next one."""

    def end() -> Page:
        windows.leave()
        context = windows.open(lambda context: watch(context, lambda: court.witness), {})
        assert context.cookies() == []
        context.add_cookies(alice_cookies)
        return context.new_page()

    yield end
    windows.leave()


def test_nothing_is_left_of_what_it_was_used_for(again: Any) -> None:
    page = again()
    page.goto("/")
    assert page.evaluate(LEFT) == CLEAN
    page.evaluate("localStorage.a = sessionStorage.a = globalThis.mine = 1")
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(LEFT) != CLEAN
    page.context.new_page().goto("/account/preferences/")
    next_page = again()
    assert next_page is page
    assert next_page.context.pages == [page]
    page.goto("/")
    assert page.evaluate(LEFT) == CLEAN


def test_what_a_page_would_do_when_it_is_left_is_not_done(again: Any) -> None:
    page = again()
    page.goto("/")
    page.evaluate("addEventListener('pagehide', () => { localStorage.late = 1; })")
    page = again()
    page.goto("/")
    assert page.evaluate(LEFT) == CLEAN


def add_script(page: Page) -> None:
    page.add_init_script("globalThis.mine = 1")


def route(page: Page) -> None:
    page.route("**/*", lambda route: route.abort())


@pytest.mark.parametrize("spend", [add_script, route])
def test_a_page_that_cannot_be_undone_is_another_one(again: Any, spend: Any) -> None:
    page = again()
    context = page.context
    spend(page)
    other = again()
    assert other is not page
    assert other.context is context
    other.goto("/")
    assert other.evaluate(LEFT) == CLEAN


def stop_the_clock(context: BrowserContext) -> None:
    context.clock.install()


def cut(context: BrowserContext) -> None:
    context.set_offline(True)


@pytest.mark.parametrize("spend", [stop_the_clock, cut])
def test_a_window_that_cannot_be_undone_is_another_one(again: Any, spend: Any) -> None:
    page = again()
    spend(page.context)
    other = again()
    assert other.context is not page.context
    other.goto("/")
    assert other.evaluate(LEFT) == CLEAN
