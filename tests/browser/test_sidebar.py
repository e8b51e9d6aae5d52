"""The list of conversations under the hands: renamed, put away and taken back, in step in every tab."""

import re
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation
from tests.browser.acts import ask, open_talk, says, wait_for_status
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, text


def make(owner: User, title: str, days: float = 0, **fields: Any) -> Conversation:
    at = timezone.now() - timedelta(days=days)
    return Conversation.objects.create(owner=owner, title=title, updated_at=at, **fields)


def entry(page: Page, title: str) -> Locator:
    return page.get_by_role("navigation", name="Conversations").get_by_role("link", name=title)


def group_of(entry: Locator) -> Locator:
    return entry.locator("xpath=ancestor::section")


def test_a_conversation_is_renamed_in_place(
    page: Page, live: LiveServer, talk: Conversation, open_context: Any
) -> None:
    other = open_context().new_page()
    other.goto(talk.get_absolute_url())
    open_talk(page, talk)
    entry(page, "A talk").focus()
    page.keyboard.press("F2")
    page.get_by_role("textbox", name="Title").fill("A better name")
    page.keyboard.press("Enter")
    for tab in (page, other):
        expect(entry(tab, "A better name")).to_be_visible()
        expect(tab).to_have_title("A better name")
    assert Conversation.objects.get().title_source == "person"


def test_delete_throws_away_and_undo_brings_back(page: Page, live: LiveServer, alice: User) -> None:
    make(alice, "Old thing", 2)
    make(alice, "Kept")
    page.goto("/")
    entry(page, "Kept").focus()
    page.keyboard.press("ArrowDown")
    expect(entry(page, "Old thing")).to_be_focused()
    with says(page, "Moved to the trash."):
        page.keyboard.press("Delete")
        # Where somebody is about to press it, it stays.
        page.get_by_role("button", name="Undo").focus()
    expect(entry(page, "Old thing")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(entry(page, "Old thing")).to_be_visible()
    expect(group_of(entry(page, "Old thing"))).to_have_attribute("data-group", "week")
    assert not Conversation.objects.trashed().exists()


def test_the_menu_pins(page: Page, live: LiveServer, alice: User) -> None:
    make(alice, "First")
    make(alice, "Last", 50)
    page.goto("/")
    row = page.locator(".entry-row", has_text="Last")
    row.hover()
    row.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Pin", exact=True).click()
    expect(group_of(entry(page, "Last"))).to_have_attribute("data-group", "pinned")
    expect(page.locator("[data-group] h2").first).to_have_text("Pinned")
    page.reload()
    expect(group_of(entry(page, "Last"))).to_have_attribute("data-group", "pinned")


def test_an_answer_brings_its_conversation_to_the_top_and_is_not_news_to_who_saw_it(
    page: Page, live: LiveServer, talk: Conversation, alice: User, upstream: ScriptedUpstream
) -> None:
    Conversation.objects.update(updated_at=timezone.now() - timedelta(days=9))
    make(alice, "Newer")
    upstream.script(model="alpha", steps=[text("Fine."), finish()])
    open_talk(page, talk)
    expect(page.locator("[data-list] .entry-row").first).to_contain_text("Newer")
    ask(page, "How are you?")
    wait_for_status(page, "complete")
    expect(page.locator("[data-list] .entry-row").first).to_contain_text("A talk")
    expect(group_of(entry(page, "A talk"))).to_have_attribute("data-group", "today")
    page.goto("/history/")
    expect(page.locator(".history__unread")).to_have_count(0)


def test_the_sidebar_goes_on_where_somebody_scrolls(page: Page, live: LiveServer, alice: User) -> None:
    for number in range(120):
        make(alice, f"Number {number}", number)
    page.goto("/")
    entry(page, "Number 49").scroll_into_view_if_needed()
    expect(entry(page, "Number 99")).to_have_count(1)
    entry(page, "Number 99").scroll_into_view_if_needed()
    expect(entry(page, "Number 119")).to_have_count(1)
    expect(page.locator("[data-older]")).to_have_count(0)
    keys = page.locator("[data-list] [data-group]").evaluate_all("all => all.map(g => g.dataset.group)")
    assert len(keys) == len(set(keys))


def test_without_a_script_the_chosen_ones_go_and_come_back(
    live: LiveServer, alice: User, open_context: Any
) -> None:
    make(alice, "One")
    make(alice, "Two")
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/history/")
    page.get_by_role("checkbox", name=re.compile("One")).check()
    page.get_by_role("button", name="Move to trash").click()
    expect(page.get_by_role("main").get_by_role("link", name="One", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("main").get_by_role("link", name="One", exact=True)).to_be_visible()


def test_what_happened_while_the_page_slept_is_there_when_it_wakes(
    page: Page, talk: Conversation, alice: User
) -> None:
    kept, gone = make(alice, "Kept", 2), make(alice, "Gone", 40)
    open_talk(page, talk)
    entry(page, "Kept").focus()
    page.evaluate("document.dispatchEvent(new Event('freeze'))")
    make(alice, "New", 1)
    Conversation.objects.filter(pk=gone.pk).update(trashed_at=timezone.now())
    Conversation.objects.filter(pk=kept.pk).update(title="Kept well", unread=True)
    page.evaluate("document.dispatchEvent(new Event('resume'))")
    expect(entry(page, "Gone")).to_have_count(0)
    expect(group_of(entry(page, "New"))).to_have_attribute("data-group", "yesterday")
    expect(entry(page, "Kept well (unread)")).to_be_focused()
    expect(page.locator("[data-list] [data-group]")).to_have_count(3)
