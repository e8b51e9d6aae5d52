"""What a conversation looks like while things go on: nothing for axe to complain about, nothing too wide."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conversations.models import Conversation
from tests.browser.acts import ask, last_answer, last_body, open_talk, send, unsent, wait_for_status
from tests.browser.axe import violations
from tests.browser.conftest import Wire
from tests.browser.test_access import PHONE, WIDE
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, error, hold, text, wait_for

LONG = "And what comes after that? A question that certainly needs more than one line of a phone."


class Look:
    """What is wrong with a page, by the name of the state in which it was looked at."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: dict[str, list[str]] = {}

    def __call__(self, state: str) -> None:
        wide = ["too wide"] if self.page.evaluate(WIDE) else []
        if wrong := violations(self.page) + wide:
            self.found[state] = wrong


@pytest.fixture
def look(open_context: Any, live: LiveServer) -> Iterator[Look]:
    context = open_context(viewport=PHONE, has_touch=True)
    look = Look(context.new_page())
    yield look
    assert look.found == {}


@pytest.mark.slow
def test_what_can_be_done_with_a_message(look: Look, talk: Conversation, upstream: ScriptedUpstream) -> None:
    upstream.script(model="alpha", steps=[text("As far as **this**."), hold()])
    page = look.page
    open_talk(page, talk)
    page.get_by_role("button", name="Edit").first.click()
    look("editor")
    page.keyboard.press("Escape")
    last_answer(page).get_by_role("button", name="Ask another model").click()
    look("menu")
    page.keyboard.press("Escape")
    ask(page, "Go!")
    expect(last_body(page)).to_have_text("As far as this.")
    page.get_by_role("button", name="Stop").click()
    wait_for_status(page, "stopped")
    look("stopped")


@pytest.mark.slow
def test_what_waits(look: Look, talk: Conversation, upstream: ScriptedUpstream) -> None:
    upstream.script(model="alpha", steps=[text("Slow"), wait_for("end"), error("No.", 400)])
    page, wire = look.page, Wire(look.page)
    open_talk(page, talk)
    ask(page, "Go!")
    expect(last_body(page)).to_have_text("Slow")
    send(page, LONG)
    page.locator(".queue__entry summary").click()
    look("queue")
    page.keyboard.press("Escape")
    wire.cut()
    send(page, LONG)
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    expect(unsent(page)).to_contain_text("Waiting to be sent.")
    look("without a connection")
    page.get_by_role("button", name="Take back").click()
    wire.mend()
    upstream.release("end")
    wait_for_status(page, "failed")
    expect(page.locator("[data-held]").first).to_be_visible()
    look("held")
