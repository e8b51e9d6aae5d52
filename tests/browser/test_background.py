"""An answer that ends while nobody looks: the tab says so, and the browser too if somebody asked for it."""

from typing import Any

from playwright.sync_api import Page, expect

from conversations.models import Conversation
from tests.browser.acts import ask, last_body, open_talk, says, wait_for_status
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, text, wait_for

HIDE = "Object.defineProperty(document, 'hidden', {get: () => globalThis.away ?? false});"
LEAVE = "globalThis.away = true; document.dispatchEvent(new Event('visibilitychange'))"
RETURN = "globalThis.away = false; document.dispatchEvent(new Event('visibilitychange'))"
# A browser's notice cannot be looked at from a test; what the page asks for can.
NOTICES = """globalThis.notices = [];
globalThis.Notification = class {
  static permission = "default";
  static asked = 0;
  static answer = "granted";
  static async requestPermission() { this.asked += 1; return (this.permission = this.answer); }
  constructor(title, options) { notices.push([title, options.body]); }
  close() {}
};"""
ICON = "() => document.querySelector('link[rel=icon]').href"


def switch(page: Page) -> Any:
    return page.get_by_role("button", name="Notify me when an answer is ready")


def test_the_tab_marks_an_answer_that_runs_and_one_that_ended_unseen(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Slow"), wait_for("left"), text("ly."), finish()])
    page.add_init_script(HIDE)
    open_talk(page, talk)
    idle = page.evaluate(ICON)
    ask(page, "Go!")
    expect(page).to_have_title("● A talk")
    assert "running" in page.evaluate(ICON)
    page.evaluate(LEAVE)
    upstream.release("left")
    expect(page).to_have_title("✓ A talk")
    assert "ready" in page.evaluate(ICON)
    page.evaluate(RETURN)
    expect(page).to_have_title("A talk")
    assert page.evaluate(ICON) == idle


def test_a_notice_comes_only_if_somebody_asked_for_it_and_does_not_look(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    for word in ("One.", "Two.", "Three."):
        upstream.script(model="alpha", steps=[text(word), wait_for(word), finish()])
    page.add_init_script(NOTICES + HIDE)
    open_talk(page, talk)
    expect(switch(page)).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("Notification.asked") == 0
    with says(page, "You will be notified"):
        switch(page).press("Enter")
    expect(switch(page)).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("notices.splice(0).length") == 1
    for word, leaves in (("One.", False), ("Two.", True)):
        ask(page, f"Say {word}")
        expect(last_body(page)).to_have_text(word)
        page.evaluate(LEAVE if leaves else RETURN)
        upstream.release(word)
        wait_for_status(page, "complete")
    assert page.evaluate("notices.splice(0)") == [["A talk", "The answer is ready."]]
    switch(page).press("Enter")
    expect(switch(page)).to_have_attribute("aria-pressed", "false")
    ask(page, "Say Three.")
    expect(last_body(page)).to_have_text("Three.")
    upstream.release("Three.")
    wait_for_status(page, "complete")
    assert page.evaluate("notices") == []


def test_a_browser_that_refuses_notices_is_said_in_words(
    page: Page, live: LiveServer, talk: Conversation
) -> None:
    page.add_init_script(NOTICES + "Notification.answer = 'denied';")
    open_talk(page, talk)
    with says(page, "does not allow notices"):
        switch(page).click()
    expect(switch(page)).to_have_attribute("aria-pressed", "false")
