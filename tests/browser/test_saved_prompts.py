"""A slash in the empty box finds a saved prompt: by keyboard and by mouse, and nothing typed is lost."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation, Preference, SavedPrompt
from tests.browser.acts import box, last_body, open_talk
from tests.browser.axe import violations
from tests.browser.test_access import PHONE, WIDE
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, text

LONG = "Check it twice.\n" * 3000


@pytest.fixture(autouse=True)
def prompts(alice: User, bob: User) -> None:
    for name, words in (
        ("Review", "Read this code:\n\n- faults\n- names"),
        ("Release notes", "Write notes for “users”."),
        ("<b>Careful</b>", LONG),
    ):
        SavedPrompt.objects.create(owner=alice, name=name, text=words)
    SavedPrompt.objects.create(owner=bob, name="Review by Bob", text="His")


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Saved prompts").get_by_role("option")


def chosen(page: Page) -> Locator:
    return page.locator(f"#{page.locator('#message').get_attribute('aria-activedescendant')}")


def test_the_keyboard_finds_and_inserts_one(page: Page, live: LiveServer, talk: Conversation) -> None:
    open_talk(page, talk)
    field = page.locator("#message")
    field.press_sequentially("/")
    expect(options(page)).to_have_count(3)
    expect(field).to_have_attribute("aria-haspopup", "listbox")
    field.press_sequentially("re")
    expect(options(page).first).to_contain_text("Release notes")
    expect(chosen(page)).to_contain_text("Release notes")
    field.press("ArrowDown")
    expect(chosen(page)).to_contain_text("Review")
    field.press("ArrowUp")
    field.press("ArrowUp")
    expect(chosen(page)).to_contain_text("<b>Careful</b>")
    field.press_sequentially("view")
    expect(options(page)).to_have_count(1)
    field.press("Enter")
    expect(box(page)).to_have_value("Read this code:\n\n- faults\n- names")
    expect(box(page)).to_be_focused()
    expect(options(page)).to_have_count(0)
    assert field.get_attribute("aria-haspopup") is None
    assert talk.messages.count() == 2


def test_enter_before_the_list_is_there_waits_for_it(
    page: Page, live: LiveServer, talk: Conversation
) -> None:
    open_talk(page, talk)
    page.keyboard.type("/twice")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value(LONG)
    assert talk.messages.count() == 2


def test_tab_and_the_mouse_insert_too(page: Page, live: LiveServer, talk: Conversation) -> None:
    open_talk(page, talk)
    box(page).press_sequentially("/users")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("Tab")
    expect(box(page)).to_have_value("Write notes for “users”.")
    box(page).fill("")
    page.locator("#message").press_sequentially("/")
    options(page).filter(has_text="Review").click()
    expect(box(page)).to_have_value("Read this code:\n\n- faults\n- names")
    expect(box(page)).to_be_focused()


def test_escape_closes_the_list_and_leaves_what_was_typed(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Sent."), finish()])
    open_talk(page, talk)
    field = page.locator("#message")
    field.press_sequentially("/re")
    expect(options(page)).to_have_count(3)
    field.press("Escape")
    expect(options(page)).to_have_count(0)
    field.press_sequentially("view")
    expect(field).to_have_value("/review")
    field.press("Enter")
    expect(last_body(page)).to_have_text("Sent.")
    assert talk.messages.filter(content="/review").exists()


def test_the_list_opens_only_where_somebody_types(page: Page, live: LiveServer, talk: Conversation) -> None:
    other = page.context.new_page()
    open_talk(other, talk)
    open_talk(page, talk)
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url))
    page.locator("#message").press_sequentially("/re")
    expect(options(page).first).to_contain_text("Release notes")
    expect(box(other)).to_have_value("/re")
    with other.expect_response("**/prompts/found/"):
        other.evaluate("new Promise((done) => setTimeout(done, 200)).then(() => fetch('/prompts/found/'))")
    assert [url for url in asked if "?q=" in url] == []
    expect(options(other)).to_have_count(0)


def test_a_path_is_a_message_like_any_other(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("A list of users."), finish()])
    open_talk(page, talk)
    field = page.locator("#message")
    field.press_sequentially("/etc/passwd?")
    expect(page.get_by_text("No saved prompt has these words.")).to_be_visible()
    field.press("Enter")
    expect(last_body(page)).to_have_text("A list of users.")
    field.press_sequentially("x /")
    assert page.locator("[data-menu]").is_hidden()


def test_switched_off_a_slash_is_a_slash(
    page: Page, live: LiveServer, talk: Conversation, alice: User
) -> None:
    Preference.objects.create(user=alice, shortcuts=False)
    open_talk(page, talk)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.type("/review me")
    with page.expect_response("**/prompts/found/"):
        page.evaluate("new Promise((done) => setTimeout(done, 200)).then(() => fetch('/prompts/found/'))")
    assert [url for url in asked if "?q=" in url] == []


def test_the_list_is_for_everybody(open_context: Any, live: LiveServer, talk: Conversation) -> None:
    page = open_context(viewport=PHONE).new_page()
    for address in ("/", talk.get_absolute_url()):
        page.goto(address)
        page.keyboard.type("/")
        expect(options(page)).to_have_count(3)
        expect(options(page).first).to_be_in_viewport()
        assert violations(page) == []
        assert not page.evaluate(WIDE)
        page.keyboard.type("nowhere")
        expect(page.get_by_text("No saved prompt has these words.")).to_be_visible()
        assert violations(page) == []
        page.locator("#message").fill("")
    page.goto("/prompts/")
    assert violations(page) == []
    assert not page.evaluate(WIDE)


def test_without_scripts_forms_keep_them(open_context: Any, live: LiveServer, alice: User) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/prompts/")
    page.get_by_label("Name").fill("New one")
    page.get_by_label("Text").fill("Its text")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="New one").click()
    page.get_by_label("Text").fill("Changed")
    page.get_by_role("button", name="Save").click()
    assert SavedPrompt.objects.get(owner=alice, name="New one").text == "Changed"
    page.get_by_role("link", name="New one").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Removed.")).to_be_visible()
    assert not SavedPrompt.objects.filter(name="New one").exists()


def test_ctrl_z_gives_back_what_was_typed(page: Page, live: LiveServer, talk: Conversation) -> None:
    open_talk(page, talk)
    field = page.locator("#message")
    field.press_sequentially("/users")
    expect(options(page)).to_have_count(1)
    field.press("Enter")
    expect(box(page)).to_have_value("Write notes for “users”.")
    field.press("Control+z")
    expect(box(page)).to_have_value("/users")
    expect(options(page)).to_have_count(0)


def test_what_is_in_the_box_is_kept_as_a_prompt(page: Page, live: LiveServer, talk: Conversation) -> None:
    open_talk(page, talk)
    box(page).fill("Explain it\nto a child")
    page.locator(".parameters > summary").click()
    page.get_by_role("button", name="Save the text in the box as a prompt").click()
    expect(page.get_by_label("Name")).to_have_value("Explain it to a child")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Explain it to a child")).to_be_visible()
    assert SavedPrompt.objects.get(name="Explain it to a child").text == "Explain it\nto a child"
    open_talk(page, talk)
    expect(box(page)).to_have_value("Explain it\nto a child")


def test_a_message_is_kept_as_a_prompt(page: Page, live: LiveServer, talk: Conversation) -> None:
    open_talk(page, talk)
    asked = page.locator("article[data-role=user]").first
    asked.get_by_role("link", name="Save as prompt").click()
    expect(page.get_by_label("Text")).not_to_have_value("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile(r"/prompts/(#add)?$"))
