"""Whoever looks for a thing by its name finds that one thing, and nothing that is merely called alike."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation, Provider
from tests.browser.acts import ask, last_body, open_talk, send, wait_for_status
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, error, finish, text, wait_for

CODE = "Look:\n\n```python\nprint('Copy this')\n```\n"
VERBS = ("Copy", "Edit", "Regenerate", "Continue", "Retry")


def named(page: Page) -> dict[str, Locator]:
    """By a part of the name, as somebody who has never seen the page would ask."""
    return {
        "Send": page.get_by_role("button", name="Send"),
        "Message": page.get_by_role("textbox", name="Message"),
        "label Message": page.get_by_label("Message"),
        "Model": page.get_by_role("combobox", name="Model"),
        "label Model": page.get_by_label("Model"),
        "Search conversations": page.get_by_role("searchbox", name="Search conversations"),
        "label Search conversations": page.get_by_label("Search conversations"),
        "New conversation": page.get_by_role("link", name="New conversation"),
    }


def wrong(page: Page, *, stops: int) -> dict[str, int]:
    """What is not found exactly once, and how often it is."""
    counts = {name: found.count() for name, found in named(page).items()}
    if not page.locator("#sidebar").is_visible():
        del counts["Search conversations"]  # a phone's menu has it
    found = {name: count for name, count in counts.items() if count != 1}
    if (count := page.get_by_role("button", name="Stop").count()) != stops:
        found["Stop"] = count
    for article in page.locator("main article").all():
        for verb in VERBS:
            if (count := article.get_by_role("button", name=verb).count()) > 1:
                found[f"{verb} of {article.get_attribute('data-role')}"] = count
    return found


@pytest.fixture(params=["wide", "narrow"])
def tab(request: pytest.FixtureRequest, open_context: Any, live: LiveServer, provider: Provider) -> Page:
    size = {"wide": (1280, 720), "narrow": (360, 740)}[request.param]
    page: Page = open_context(viewport={"width": size[0], "height": size[1]}).new_page()
    return page


def test_the_new_page(tab: Page) -> None:
    tab.goto("/")
    assert wrong(tab, stops=0) == {}


def test_finished_answers_and_an_editor(tab: Page, talk: Conversation, upstream: ScriptedUpstream) -> None:
    upstream.script(model="alpha", steps=[text(CODE), finish("length")])
    open_talk(tab, talk)
    ask(tab, "Go!")
    wait_for_status(tab, "complete")
    assert wrong(tab, stops=0) == {}
    for verb in ("Copy", "Regenerate", "Continue"):
        expect(tab.locator("article").last.get_by_role("button", name=verb)).to_be_visible()
    tab.locator("article[data-role=user]").last.get_by_role("button", name="Edit").click()
    expect(tab.locator("article textarea")).to_be_focused()
    assert wrong(tab, stops=0) == {}


def test_a_running_answer_with_a_queue_and_then_its_failure(
    tab: Page, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Slow"), wait_for("end"), error("No.", 400)])
    open_talk(tab, talk)
    ask(tab, "Go!")
    expect(last_body(tab)).to_have_text("Slow")
    assert wrong(tab, stops=1) == {}
    send(tab, "And then?")
    tab.locator(".queue__entry summary").click()
    assert wrong(tab, stops=1) == {}
    tab.locator(".queue__entry summary").click()
    upstream.release("end")
    wait_for_status(tab, "failed")
    expect(tab.locator("[data-held]").first).to_be_visible()
    assert wrong(tab, stops=0) == {}
    expect(tab.locator("article").last.get_by_role("button", name="Retry")).to_be_visible()


def test_without_scripts(open_context: Callable[..., Any], live: LiveServer, talk: Conversation) -> None:
    plain = open_context(java_script_enabled=False).new_page()
    open_talk(plain, talk)
    assert wrong(plain, stops=0) == {}
    assert plain.locator("article").last.get_by_role("button").all_inner_texts() == ["Regenerate"]
