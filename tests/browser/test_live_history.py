"""The history follows what happens elsewhere, and nobody who is at work in it loses their place."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from conversations import filing
from conversations.announcing import announce, announce_filed
from conversations.models import Conversation
from conversations.rings import after_import
from tests.live import LiveServer


def make(owner: User, title: str, days: float) -> Conversation:
    at = timezone.now() - timedelta(days=days)
    return Conversation.objects.create(owner=owner, title=title, updated_at=at)


def titles(page: Page) -> Locator:
    return page.locator(".history__title")


def test_the_history_is_in_step_and_keeps_ticks_and_focus(page: Page, live: LiveServer, alice: User) -> None:
    first, second = make(alice, "First", 1), make(alice, "Second", 2)
    page.goto("/history/")
    expect(titles(page)).to_have_text(["First", "Second"])
    tick = page.get_by_role("checkbox", name="Choose “Second”")
    tick.check()
    page.get_by_role("checkbox", name="Choose “First”").focus()
    row: Any = tick.element_handle()
    # New ones, as from an import, and one that has changed.
    make(alice, "Third", 0)
    announce(after_import(alice))
    expect(titles(page)).to_have_text(["Third", "First", "Second"])
    assert tick.element_handle().evaluate("(one, other) => one === other", row), "the row is the same element"
    expect(tick).to_be_checked()
    expect(page.get_by_role("checkbox", name="Choose “First”")).to_be_focused()
    filing.rename(alice, first.id, "Renamed")
    filing.mark_unread(alice, [second.id])
    announce_filed(alice, [first.id, second.id])
    expect(titles(page)).to_have_text(["Third", "Renamed", "Second"])
    expect(page.get_by_role("checkbox", name="Choose “Renamed”")).to_be_focused()
    expect(tick).to_be_checked()
    expect(page.locator(".history__unread")).to_have_count(1)


def test_what_is_thrown_away_elsewhere_goes(page: Page, live: LiveServer, alice: User) -> None:
    rows = [make(alice, title, days) for title, days in (("First", 1), ("Second", 2))]
    page.goto("/history/")
    Conversation.objects.filter(pk=rows[0].pk).update(trashed_at=timezone.now())
    announce_filed(alice, [rows[0].id])
    expect(titles(page)).to_have_text(["Second"])
    expect(page.get_by_role("heading", name="Yesterday").locator("visible=true")).to_have_count(0)
