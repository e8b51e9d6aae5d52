"""Searching while one types: results under the box, walked through by keys, opened at their sentence."""

from typing import Any

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from conversations.models import Message
from tests.live import LiveServer
from tests.search.talks import talk


def test_results_come_while_one_types_and_open_at_their_sentence(
    page: Page, live: LiveServer, alice: User
) -> None:
    conversation = talk(alice, "Sea", "One?", "The kelp grows. " * 60, "Two?", "And seaweed, too.")
    talk(alice, "Other", "x", "y")
    page.goto("/")
    box = page.get_by_role("searchbox", name="Search conversations")
    box.press_sequentially("seawe")
    result = page.get_by_role("navigation").locator("[data-result]")
    expect(result).to_have_count(1)
    expect(result.locator("mark")).to_have_text("seaweed")
    expect(page.get_by_role("link", name="Other")).to_be_hidden()
    box.press("ArrowDown")
    expect(result).to_be_focused()
    page.keyboard.press("Enter")
    answer = Message.objects.get(content="And seaweed, too.")
    expect(page).to_have_url(f"{live.url}/conversations/{conversation.id}/?m={answer.id}#m-{answer.id}")
    expect(page.locator(f"#m-{answer.id}")).to_be_in_viewport()


def test_escape_brings_the_list_back(page: Page, live: LiveServer, alice: User) -> None:
    talk(alice, "Sea", "kelp", "fine")
    page.goto("/")
    box = page.get_by_role("searchbox", name="Search conversations")
    box.fill("nothing such")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    expect(page.get_by_role("link", name="Sea")).to_be_hidden()
    box.press("Escape")
    expect(page.get_by_role("link", name="Sea")).to_be_visible()
    expect(box).to_be_focused()


def test_without_a_script_it_is_a_plain_form(live: LiveServer, alice: User, open_context: Any) -> None:
    talk(alice, "Sea", "kelp", "fine")
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("searchbox", name="Search conversations").fill("kelp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("link", name="Sea")).to_be_visible()
