"""For everybody: on a phone, without scripts, and for people who hear the page."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from conversations.models import Conversation, Message, Provider
from tests.browser.acts import (
    box,
    last_answer,
    last_body,
    open_talk,
    reload_at_the_end,
    send,
    wait_for_status,
)
from tests.browser.conftest import make_talk
from tests.browser.test_same_text import RICH
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, hold, text, wait_for

WIDE = "() => document.documentElement.scrollWidth > innerWidth"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def rich_talk(alice: User, provider: Provider) -> Conversation:
    talk = make_talk(alice, [("Everything, please.", RICH), ("x" * 300, "y" * 300)], title="Everything " * 12)
    failed = Message.objects.create(
        conversation=talk, parent=talk.active_leaf, role="user", content="And this?"
    )
    talk.active_leaf = Message.objects.create(
        conversation=talk, parent=failed, role="assistant", status="failed", error="The server is away. " * 9
    )
    talk.save()
    return talk


def test_the_drawer_of_a_phone_opens_and_closes(
    open_context: Any, live: LiveServer, rich_talk: Conversation
) -> None:
    for scripts in (True, False):
        page = open_context(viewport=PHONE, java_script_enabled=scripts).new_page()
        page.goto("/")
        entry = page.get_by_role("link", name="Everything Everything")
        expect(entry).to_be_hidden()
        page.get_by_role("button", name="Conversations").click()
        expect(entry).to_be_visible()
        page.get_by_role("button", name="Close").click()
        expect(entry).to_be_hidden()
        page.get_by_role("button", name="Conversations").click()
        entry.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Everything")


def test_with_forced_colours_shapes_stay(page: Page, live: LiveServer, talk: Conversation) -> None:
    page.emulate_media(forced_colors="active")
    open_talk(page, talk)
    for shape in ("[data-role=user] .message__body", ".composer__box", "[data-send]"):
        assert page.locator(shape).evaluate("e => getComputedStyle(e).outlineStyle") == "solid", shape


def test_without_scripts_one_can_ask_read_and_stop(
    open_context: Any, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Seen without scripts."), finish()])
    upstream.script(model="alpha", steps=[text("For ever"), hold()])
    page = open_context(java_script_enabled=False).new_page()
    open_talk(page, talk)
    expect(last_body(page).locator("em")).to_have_text("Alice")
    send(page, "Hello again?")
    expect(page.locator("article")).to_have_count(4)
    reload_at_the_end(page, "complete")
    expect(last_body(page)).to_have_text("Seen without scripts.")
    send(page, "And again?")
    expect(page.get_by_role("link", name="Refresh")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    reload_at_the_end(page, "stopped")
    expect(last_answer(page)).to_have_attribute("data-status", "stopped")
    expect(box(page)).to_be_visible()


def test_a_screen_reader_hears_sentences_and_the_end(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[*map(text, ["One **sen", "tence** here. ", "And the "]), finish()])
    open_talk(page, talk)
    send(page, "Speak!")
    spoken = page.get_by_role("log")
    expect(spoken).to_contain_text("One sentence here.")
    expect(spoken).to_contain_text("The answer is finished.")


def test_a_screen_reader_hears_all_at_the_end_or_nothing_if_somebody_prefers(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("One here. Two "), wait_for("end"), text("there."), finish()])
    upstream.script(model="alpha", steps=[text("Not a word."), finish()])
    page.clock.install()
    open_talk(page, talk)
    spoken = page.get_by_role("log")
    choose(page, "As a whole", "end")
    send(page, "Speak!")
    expect(last_body(page)).to_contain_text("One here.")
    upstream.release("end")
    expect(spoken).to_have_text("One here. Two there. The answer is finished.")
    choose(page, "Not at all", "off")
    send(page, "Be silent!")
    expect(last_body(page)).to_have_text("Not a word.")
    wait_for_status(page, "complete")
    page.clock.fast_forward(5000)
    expect(spoken).to_have_text("One here. Two there. The answer is finished.")
    page.reload()
    expect(page.locator("answer-announcer")).to_have_attribute("data-mode", "off")


def choose(page: Page, words: str, mode: str) -> None:
    page.get_by_role("link", name="Keyboard and preferences").click()
    page.get_by_label(words).check()
    expect(page.locator("answer-announcer")).to_have_attribute("data-mode", mode)
    page.keyboard.press("Escape")
