"""Copy, Edit, Regenerate, Continue, Retry, and the way between variants: by keyboard, and without scripts."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation
from tests.browser.acts import (
    ask,
    box,
    last_answer,
    last_body,
    open_talk,
    reload_at_the_end,
    says,
    wait_for_status,
)
from tests.browser.conftest import Wire
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, hold, text, wait_for


def button(of: Page | Locator, name: str) -> Locator:
    return of.get_by_role("button", name=name, exact=True)


def question(page: Page) -> Locator:
    return page.locator("article[data-role=user]").last


def test_edit_turns_a_question_into_its_editor_and_makes_a_variant(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Better."), finish()])
    other = page.context.new_page()
    open_talk(other, talk)
    open_talk(page, talk)
    button(question(page), "Edit").press("Enter")
    field = page.get_by_role("textbox", name="Edit your text")
    expect(field).to_be_focused()
    expect(field).to_have_value("Hello?")
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(button(question(page), "Edit")).to_be_focused()
    button(question(page), "Edit").press("Enter")
    field.fill("Hello, who is there?")
    field.press("Enter")
    for tab in (page, other):
        expect(last_body(tab)).to_have_text("Better.")
        expect(tab.locator("article")).to_have_count(2)
        expect(question(tab)).to_contain_text("2/2")
    expect(field).to_have_count(0)
    expect(page.locator(":focus")).to_have_count(1)


def test_an_edit_that_is_refused_stays_in_its_editor(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Slow"), wait_for("end"), finish()])
    open_talk(page, talk)
    ask(page, "Go!")
    button(page.locator("article[data-role=user]").first, "Edit").click()
    field = page.get_by_role("textbox", name="Edit your text")
    field.fill("Meanwhile")
    button(page, "Save and ask").click()
    expect(page.get_by_role("alert").filter(has_text="still being written")).to_be_visible()
    expect(field).to_have_value("Meanwhile")
    expect(field).to_be_editable()
    upstream.release("end")
    wait_for_status(page, "complete")
    button(page, "Save and ask").click()
    expect(page.locator("article")).to_have_count(2)
    expect(question(page)).to_contain_text("Meanwhile")


def test_regenerate_makes_a_variant_and_the_arrows_lead_to_and_fro(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Hello again."), finish()])
    other = page.context.new_page()
    open_talk(other, talk)
    open_talk(page, talk)
    button(last_answer(page), "Regenerate").press("Enter")
    for tab in (page, other):
        expect(last_body(tab)).to_have_text("Hello again.")
        wait_for_status(tab, "complete")
    expect(last_answer(page)).to_contain_text("2/2")
    expect(page.locator(":focus")).to_have_count(1)
    with says(page, "Variant 1 of 2"):
        button(last_answer(page), "Previous variant").press("Enter")
    for tab in (page, other):
        expect(last_body(tab)).to_have_text("Hello, Alice.")
    expect(button(last_answer(page), "Previous variant")).to_be_focused()
    expect(button(last_answer(page), "Previous variant")).to_have_attribute("aria-disabled", "true")
    button(last_answer(page), "Next variant").press("Enter")
    expect(last_body(page)).to_have_text("Hello again.")
    expect(button(last_answer(page), "Next variant")).to_be_focused()


def test_another_model_may_answer_again(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="beta", steps=[text("Beta says hello."), finish()])
    open_talk(page, talk)
    more = button(last_answer(page), "Ask another model")
    more.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    menu = page.get_by_role("menu")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(more).to_be_focused()
    more.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("menuitem", name="beta")).to_be_focused()
    page.keyboard.press("Enter")
    expect(last_body(page)).to_have_text("Beta says hello.")


def test_continue_lets_the_same_answer_grow(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("As far as"), hold()])
    upstream.script(model="alpha", steps=[text(" this, and"), wait_for("seen"), text(" on."), finish()])
    other = page.context.new_page()
    open_talk(other, talk)
    open_talk(page, talk)
    ask(page, "Go on!")
    expect(last_body(page)).to_have_text("As far as")
    with says(page, "Stopped in"):
        button(page, "Stop").click()
    wait_for_status(page, "stopped")
    before = last_answer(page).get_attribute("data-message")
    button(last_answer(page), "Continue").press("Enter")
    for tab in (page, other):
        expect(last_body(tab)).to_have_text("As far as this, and")
    page.reload()
    expect(last_body(page)).to_have_text("As far as this, and")
    upstream.release("seen")
    for tab in (page, other):
        wait_for_status(tab, "complete")
        expect(last_body(tab)).to_have_text("As far as this, and on.")
        expect(tab.locator("article")).to_have_count(4)
    assert last_answer(page).get_attribute("data-message") == before


def test_without_a_connection_the_buttons_are_plain_forms(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream, wire: Wire
) -> None:
    upstream.script(model="alpha", steps=[text("For ever"), hold()])
    open_talk(page, talk)
    ask(page, "Go!")
    expect(last_body(page)).to_have_text("For ever")
    wire.cut()
    button(page, "Stop").click()
    wire.mend()
    wait_for_status(page, "stopped")
    expect(last_body(page)).to_have_text("For ever")


def test_regenerate_and_continue_need_no_connection_either(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream, wire: Wire
) -> None:
    upstream.script(model="alpha", steps=[text("Cut"), finish("length")])
    upstream.script(model="alpha", steps=[text(" and mended."), finish()])
    open_talk(page, talk)
    for verb, words in (("Regenerate", "Cut"), ("Continue", "Cut and mended.")):
        wire.cut()
        expect(page.get_by_text("Reconnecting…")).to_be_visible()
        button(last_answer(page), verb).click()
        wire.mend()
        wait_for_status(page, "complete")
        expect(last_body(page)).to_have_text(words)
    expect(last_answer(page)).to_contain_text("2/2")
    assert len(upstream.requests) == 2


def test_a_message_put_into_the_box_to_be_changed_is_sent_as_a_change(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Better."), finish()])
    page.goto(f"{talk.get_absolute_url()}?edit={talk.messages.get(role='user').id}")
    expect(box(page)).to_have_value("Hello?")
    ask(page, "Hello, changed.")
    expect(last_body(page)).to_have_text("Better.")
    expect(page.locator("article")).to_have_count(2)
    expect(question(page)).to_contain_text("2/2")


def test_all_of_it_works_without_scripts(
    open_context: Any, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="beta", steps=[text("Cut"), finish("length")])
    upstream.script(model="beta", steps=[text(" and mended."), finish()])
    upstream.script(model="beta", steps=[text("To the edited one."), finish()])
    page = open_context(java_script_enabled=False).new_page()
    open_talk(page, talk)
    page.get_by_label("Regenerate with").select_option("beta")
    button(last_answer(page), "Regenerate").click()
    reload_until_all_is_there(page, "Cut")
    expect(last_answer(page).locator(".message__outcome")).to_have_text("Cut off at the limit")
    button(last_answer(page), "Continue").click()
    reload_until_all_is_there(page, "Cut and mended.")
    button(last_answer(page), "Previous variant").click()
    expect(last_body(page)).to_have_text("Hello, Alice.")
    button(question(page), "Edit").click()
    expect(box(page)).to_have_value("Hello?")
    box(page).fill("Hello, edited.")
    button(page, "Send").click()
    reload_until_all_is_there(page, "To the edited one.")
    expect(question(page)).to_contain_text("2/2")


def reload_until_all_is_there(page: Page, words: str) -> None:
    reload_at_the_end(page, "complete")
    expect(last_body(page)).to_have_text(words)
