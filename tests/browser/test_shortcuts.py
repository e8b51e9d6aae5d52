"""The keys: what the list says happens, and nothing else."""

from typing import Any

from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation, Preference
from tests.browser.acts import ask, box, last_answer, last_body, open_talk, wait_for_status
from tests.browser.axe import violations
from tests.browser.conftest import Witness
from tests.browser.test_access import PHONE, WIDE
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, hold, text

ENTER_BREAKS = "Enter breaks the line, Ctrl+Enter (⌘+Enter) sends"
SHORTCUTS = "Shortcuts are on"


def keys(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Keyboard and preferences")


def leave_the_box(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")


def choose(page: Page, name: str) -> None:
    with page.expect_response("**/account/preferences/"):
        keys(page).get_by_label(name).click()
    expect(keys(page).get_by_role("status")).to_have_text("Saved.")


def test_escape_stops_the_answer(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("As far as this"), hold()])
    open_talk(page, talk)
    ask(page, "Go on for ever")
    expect(last_body(page)).to_have_text("As far as this")
    box(page).press_sequentially("typed meanwhile")
    page.keyboard.press("Escape")
    wait_for_status(page, "stopped")
    expect(box(page)).to_have_value("typed meanwhile")


def test_escape_belongs_first_to_what_is_open(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("As far as this"), hold()])
    open_talk(page, talk)
    ask(page, "Go on for ever")
    expect(last_body(page)).to_have_text("As far as this")
    page.get_by_role("button", name="Share and export").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Share…")).to_be_hidden()
    page.get_by_role("link", name="Keyboard and preferences").click()
    page.keyboard.press("Escape")
    expect(keys(page)).to_be_hidden()
    page.get_by_role("searchbox", name="Search conversations").press("Escape")
    assert page.get_by_role("button", name="Stop").get_attribute("aria-disabled") is None
    expect(last_answer(page)).to_have_attribute("data-status", "streaming")
    leave_the_box(page)
    page.keyboard.press("Escape")
    wait_for_status(page, "stopped")


def test_arrow_up_in_an_empty_box_changes_my_last_message(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Better."), finish()])
    open_talk(page, talk)
    editor = page.get_by_role("textbox", name="Edit your text")
    box(page).fill("x")
    box(page).press("ArrowUp")
    expect(editor).to_have_count(0)
    box(page).fill("")
    box(page).press("ArrowUp")
    expect(editor).to_be_focused()
    expect(editor).to_have_value("Hello?")
    editor.press("Escape")
    expect(box(page)).to_be_focused()
    box(page).press("ArrowUp")
    editor.fill("Hello, changed.")
    editor.press("Enter")
    expect(last_body(page)).to_have_text("Better.")
    expect(page.locator("article")).to_have_count(2)


def test_a_question_mark_shows_the_keys_outside_of_text(
    page: Page, live: LiveServer, talk: Conversation
) -> None:
    open_talk(page, talk)
    box(page).press_sequentially("What?")
    expect(box(page)).to_have_value("What?")
    expect(keys(page)).to_be_hidden()
    leave_the_box(page)
    page.keyboard.press("?")
    expect(keys(page)).to_be_visible()
    expect(keys(page).get_by_text("Stop the running answer")).to_be_visible()
    keys(page).get_by_role("button", name="Close").press("Enter")
    expect(keys(page)).to_be_hidden()


def test_switched_off_they_stay_off(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream, alice: User
) -> None:
    upstream.script(model="alpha", steps=[text("As far as this"), hold()])
    open_talk(page, talk)
    leave_the_box(page)
    page.keyboard.press("?")
    choose(page, SHORTCUTS)
    assert not Preference.objects.for_user(alice).shortcuts
    page.keyboard.press("Escape")
    for again in (False, True):
        if again:
            page.reload()
        box(page).press("ArrowUp")
        expect(page.get_by_role("textbox", name="Edit your text")).to_have_count(0)
        leave_the_box(page)
        page.keyboard.press("?")
        expect(keys(page)).to_be_hidden()
    ask(page, "Go on for ever")
    expect(last_body(page)).to_have_text("As far as this")
    page.keyboard.press("Escape")
    assert page.get_by_role("button", name="Stop").get_attribute("aria-disabled") is None
    page.get_by_role("link", name="Keyboard and preferences").click()
    choose(page, SHORTCUTS)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    wait_for_status(page, "stopped")


def test_enter_does_what_somebody_prefers(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Both lines."), finish()])
    upstream.script(model="alpha", steps=[text("Changed."), finish()])
    open_talk(page, talk)
    page.get_by_role("link", name="Keyboard and preferences").click()
    choose(page, ENTER_BREAKS)
    expect(keys(page).locator("[data-shortcut=send]:visible")).to_have_text("Send Ctrl+Enter, ⌘+Enter")
    page.keyboard.press("Escape")
    page.reload()
    box(page).press_sequentially("one")
    box(page).press("Enter")
    box(page).press_sequentially("two")
    box(page).press("Shift+Enter")
    box(page).press_sequentially("three")
    expect(box(page)).to_have_value("one\ntwo\nthree")
    box(page).press("Control+Enter")
    expect(last_body(page)).to_have_text("Both lines.")
    wait_for_status(page, "complete")
    box(page).press("ArrowUp")
    editor = page.get_by_role("textbox", name="Edit your text")
    editor.press("Enter")
    editor.press_sequentially("four")
    editor.press("Meta+Enter")
    expect(last_body(page)).to_have_text("Changed.")
    assert talk.messages.filter(content="one\ntwo\nthree\nfour").exists()


def test_without_scripts_a_form_keeps_the_choice(open_context: Any, live: LiveServer, alice: User) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("link", name="Keyboard and preferences").click()
    page.get_by_label(ENTER_BREAKS).check()
    page.get_by_label(SHORTCUTS).uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label(ENTER_BREAKS)).to_be_checked()
    mine = Preference.objects.for_user(alice)
    assert (mine.enter, mine.shortcuts) == ("breaks", False)


def test_what_could_not_be_saved_is_said(
    page: Page, live: LiveServer, talk: Conversation, witness: Witness
) -> None:
    witness.expected.append("Failed to load resource")
    open_talk(page, talk)
    page.route("**/account/preferences/", lambda route: route.abort())
    page.get_by_role("link", name="Keyboard and preferences").click()
    keys(page).get_by_label(ENTER_BREAKS).click()
    expect(keys(page).get_by_role("status")).to_have_text("This could not be saved. Please try again.")


def test_the_list_of_keys_is_for_everybody(
    open_context: Any, live: LiveServer, talk: Conversation, alice: User
) -> None:
    Preference.objects.create(user=alice, shortcuts=False)
    page = open_context(viewport=PHONE).new_page()
    open_talk(page, talk)
    page.get_by_role("button", name="Conversations").click()
    page.get_by_role("link", name="Keyboard and preferences").click()
    expect(keys(page)).to_be_visible()
    assert violations(page) == []
    assert not page.evaluate(WIDE)
