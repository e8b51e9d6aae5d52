"""A message written while an answer runs waits its turn, in every tab, and can be changed until then."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation
from tests.browser.acts import ask, box, last_body, open_talk, says, send, stop_the_clock, wait_for_status
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, error, finish, text, wait_for


def queue(page: Page) -> Locator:
    return page.get_by_role("region", name="Sent when the answer ends").get_by_role("listitem")


def questions(talk: Conversation) -> list[str]:
    return [message.content for message in talk.messages.in_order().filter(role="user")]


@pytest.fixture
def running(page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream) -> Iterator[Page]:
    """A page in which an answer runs until `end` is released."""
    upstream.script(model="alpha", steps=[text("Slow"), wait_for("end"), text("ly."), finish()])
    upstream.script(model="alpha", steps=[text("Second answer."), finish()])
    upstream.script(model="alpha", steps=[text("Third answer."), finish()])
    open_talk(page, talk)
    ask(page, "Go!")
    expect(last_body(page)).to_have_text("Slow")
    yield page
    upstream.release("end")


def test_what_is_sent_while_an_answer_runs_waits_and_is_sent_after_it(
    running: Page, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    other = running.context.new_page()
    open_talk(other, talk)
    with says(running, "2 messages wait"):
        for words in ("Second?", "Third?"):
            box(running).press_sequentially(words)
            box(running).press("Enter")
            expect(box(running)).to_have_value("")
            expect(box(running)).to_be_focused()
    for tab in (running, other):
        expect(queue(tab)).to_have_count(2)
        expect(queue(tab).first).to_contain_text("Second?")
    expect(running.get_by_role("button", name="Stop")).to_be_visible()
    upstream.release("end")
    for tab in (running, other):
        expect(last_body(tab)).to_have_text("Third answer.")
        expect(queue(tab)).to_have_count(0)
    assert questions(talk) == ["Hello?", "Go!", "Second?", "Third?"]


def test_it_is_changed_and_removed_by_keyboard_and_every_tab_follows(
    running: Page, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    other = running.context.new_page()
    for words in ("Frist", "Away with it"):
        send(running, words)
        expect(queue(running).last).to_contain_text(words)
    open_talk(other, talk)
    edit = queue(running).first.locator("summary")
    edit.press("Enter")
    field = running.get_by_role("textbox", name="Queued text")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(edit).to_be_focused()
    edit.press("Enter")
    field.fill("First")
    field.press("Enter")
    expect(edit).to_be_focused()
    for tab in (running, other):
        expect(queue(tab).first.locator(".queue__text")).to_have_text("First")
    queue(running).last.get_by_role("button", name="Remove").press("Enter")
    for tab in (running, other):
        expect(queue(tab)).to_have_count(1)
    expect(edit).to_be_focused()
    upstream.release("end")
    expect(last_body(other)).to_have_text("Second answer.")
    assert questions(talk) == ["Hello?", "Go!", "First"]


def test_a_change_that_comes_too_late_comes_back_into_the_box(
    running: Page, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    send(running, "As it was")
    queue(running).locator("summary").click()
    running.get_by_role("textbox", name="Queued text").fill("As it should be")
    upstream.release("end")
    expect(box(running)).to_have_value("As it should be")
    expect(running.get_by_role("alert")).to_contain_text("before your change was saved")
    expect(last_body(running)).to_have_text("Second answer.")
    assert questions(talk)[-1] == "As it was"


def test_the_receipt_of_a_stop_stays_when_the_next_message_goes(running: Page, talk: Conversation) -> None:
    send(running, "Second?")
    expect(queue(running)).to_have_count(1)
    # It stays for a while, and not only until the next one begins.
    stop_the_clock(running, ahead=8)
    running.get_by_role("button", name="Stop").click()
    expect(last_body(running)).to_have_text("Second answer.")
    expect(running.locator("page-status")).to_contain_text("Stopped in")


def test_after_a_failure_it_is_held_until_somebody_sends_it(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[wait_for("end"), error("No.", 400)])
    upstream.script(model="alpha", steps=[text("At last."), finish()])
    open_talk(page, talk)
    ask(page, "Go!")
    send(page, "And then?")
    expect(queue(page)).to_have_count(1)
    upstream.release("end")
    wait_for_status(page, "failed")
    expect(queue(page)).to_contain_text("The answer before it failed.")
    page.get_by_role("button", name="Ask now").press("Enter")
    expect(last_body(page)).to_have_text("At last.")
    expect(queue(page)).to_have_count(0)


def test_it_is_there_after_a_reload_and_works_without_scripts(
    running: Page, talk: Conversation, upstream: ScriptedUpstream, open_context: object
) -> None:
    send(running, "Wait for it")
    expect(queue(running)).to_have_count(1)
    running.reload()
    expect(queue(running)).to_contain_text("Wait for it")
    plain = open_context(java_script_enabled=False).new_page()  # type: ignore[operator]
    open_talk(plain, talk)
    expect(queue(plain)).to_contain_text("Wait for it")
    # Where the page looks by itself there is nothing to type into.
    plain.get_by_role("link", name="Write meanwhile").click()
    send(plain, "And this")
    expect(queue(plain)).to_have_count(2)
    plain.get_by_role("link", name="Write meanwhile").click()
    queue(plain).first.locator("summary").click()
    plain.get_by_role("textbox", name="Queued text").first.fill("Waited for")
    plain.get_by_role("button", name="Save").click()
    expect(queue(plain).first.locator(".queue__text")).to_have_text("Waited for")
    queue(plain).last.get_by_role("button", name="Remove").click()
    expect(queue(plain)).to_have_count(1)
    expect(queue(running)).to_have_count(1)
    expect(queue(running).locator(".queue__text")).to_have_text("Waited for")
