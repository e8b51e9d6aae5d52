"""A message that has been sent arrives once, whatever becomes of the connection, the page or the tab."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation
from tests.browser.acts import box, last_body, open_talk, send, unsent, wait_for_status
from tests.browser.conftest import Wire
from tests.conftest import Limits
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, text

WAITING = "Waiting to be sent."
NO_STORAGE = """Storage.prototype.setItem = () => {
  throw new DOMException("full", "QuotaExceededError");
};"""


def questions(talk: Conversation) -> list[str]:
    return [message.content for message in talk.messages.in_order().filter(role="user")]


def test_what_is_sent_without_a_connection_waits_in_the_thread_and_goes_out_in_order(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream, wire: Wire
) -> None:
    upstream.script(model="alpha", steps=[text("Yes."), finish()])
    open_talk(page, talk)
    wire.cut()
    send(page, "Are you there?")
    expect(box(page)).to_have_value("")
    expect(box(page)).to_be_focused()
    expect(unsent(page)).to_contain_text("Are you there?")
    expect(unsent(page)).to_contain_text(WAITING)
    wire.mend()
    expect(last_body(page)).to_have_text("Yes.")
    expect(unsent(page)).to_have_count(0)
    assert questions(talk) == ["Hello?", "Are you there?"]


def test_it_survives_a_reload_and_two_tabs_send_it_once(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream, wire: Wire
) -> None:
    other = page.context.new_page()
    others_wire = Wire(other)
    open_talk(other, talk)
    open_talk(page, talk)
    others_wire.cut()
    wire.cut()
    send(page, "Only once")
    expect(unsent(other)).to_contain_text("Only once")
    page.reload()
    expect(unsent(page)).to_contain_text(WAITING)
    wire.mend()
    others_wire.mend()
    for tab in (page, other):
        wait_for_status(tab, "complete")
        expect(tab.locator("article")).to_have_count(4)
        expect(unsent(tab)).to_have_count(0)
    assert questions(talk) == ["Hello?", "Only once"]
    assert len(upstream.requests) == 1


def test_a_changed_message_survives_a_reload_and_is_still_a_change(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream, wire: Wire
) -> None:
    upstream.script(model="alpha", steps=[text("Better."), finish()])
    open_talk(page, talk)
    wire.cut()
    edit(page, "Hello, who is there?")
    expect(page.get_by_role("alert").filter(has_text="no connection")).to_be_visible()
    page.reload()
    expect(unsent(page)).to_contain_text("Hello, who is there?")
    page.get_by_role("button", name="Take back").click()
    expect(editor(page)).to_have_value("Hello, who is there?")
    editor(page).press("Enter")
    page.reload()
    expect(unsent(page)).to_contain_text("Hello, who is there?")
    wire.mend()
    expect(last_body(page)).to_have_text("Better.")
    expect(page.locator("article")).to_have_count(2)
    expect(page.locator("article").first).to_contain_text("2/2")
    assert [asked.parent for asked in talk.messages.filter(role="user")] == [None, None]
    assert len(upstream.requests) == 1


def editor(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Edit your text")


def edit(page: Page, words: str) -> None:
    page.locator("article[data-role=user]").last.get_by_role("button", name="Edit").click()
    editor(page).fill(words)
    editor(page).press("Enter")


def test_it_can_be_taken_back_by_keyboard_in_front_of_what_was_typed_since(
    page: Page, live: LiveServer, talk: Conversation, wire: Wire
) -> None:
    open_talk(page, talk)
    wire.cut()
    send(page, "Too early")
    box(page).fill("and more")
    button = page.get_by_role("button", name="Take back")
    button.focus()
    button.press("Enter")
    expect(box(page)).to_have_value("Too early\n\nand more")
    expect(box(page)).to_be_focused()
    expect(unsent(page)).to_have_count(0)
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    wire.mend()
    expect(page.get_by_text("Reconnecting…")).to_be_hidden()
    assert questions(talk) == ["Hello?"]


def test_a_browser_that_stores_nothing_sends_all_the_same(
    page: Page, live: LiveServer, talk: Conversation, wire: Wire
) -> None:
    page.add_init_script(NO_STORAGE)
    open_talk(page, talk)
    wire.cut()
    send(page, "Kept in memory")
    expect(unsent(page)).to_contain_text(WAITING)
    wire.mend()
    expect(page.locator("article")).to_have_count(4)
    wait_for_status(page, "complete")
    assert questions(talk) == ["Hello?", "Kept in memory"]


def test_what_the_server_refuses_stays_in_the_thread_if_the_box_is_in_use(
    page: Page, live: LiveServer, talk: Conversation, limits: Limits, wire: Wire
) -> None:
    limits["rate_limit_messages"] = 1
    open_talk(page, talk)
    wire.cut()
    send(page, "One too many")
    box(page).fill("The next one")
    wire.mend()
    expect(unsent(page)).to_contain_text("within a minute")
    expect(box(page)).to_have_value("The next one")
    limits["rate_limit_messages"] = 0
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("article")).to_have_count(4)
    wait_for_status(page, "complete")
    expect(unsent(page)).to_have_count(0)
    expect(box(page)).to_have_value("The next one")


SLEEP = {
    "freeze": ("document.dispatchEvent(new Event('freeze'))", "document.dispatchEvent(new Event('resume'))"),
    "back button": (
        "dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))",
        "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))",
    ),
}


@pytest.mark.parametrize("way", SLEEP)
def test_a_page_that_slept_is_right_at_once_when_it_wakes(
    page: Page,
    live: LiveServer,
    talk: Conversation,
    upstream: ScriptedUpstream,
    wire: Wire,
    open_context: Any,
    way: str,
) -> None:
    upstream.script(model="alpha", steps=[text("Meanwhile."), finish()])
    sleep, wake = SLEEP[way]
    awake = open_context().new_page()
    open_talk(page, talk)
    open_talk(awake, talk)
    page.evaluate(sleep)
    send(awake, "While you slept")
    wait_for_status(awake, "complete")
    expect(awake.locator("article")).to_have_count(4)
    expect(page.locator("article")).to_have_count(2)
    assert wire.connections == 1
    page.evaluate(wake)
    expect(last_body(page)).to_have_text("Meanwhile.")
    expect(page.locator("article")).to_have_count(4)
    assert wire.connections == 2
