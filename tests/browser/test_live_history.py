"""The history follows what happens elsewhere, and nobody who is at work in it loses their place."""

from datetime import timedelta
from typing import Any

import pytest
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


def test_an_empty_history_fills_and_empties_by_itself(page: Page, live: LiveServer, alice: User) -> None:
    page.goto("/history/")
    note, actions = page.get_by_text("There is no conversation yet."), page.locator("#filing")
    expect(note).to_be_visible()
    expect(actions).to_be_hidden()
    row = make(alice, "First", 0)
    announce_filed(alice, [row.id])
    expect(titles(page)).to_have_text(["First"])
    expect(actions).to_be_visible()
    expect(note).to_have_count(0)
    Conversation.objects.filter(pk=row.pk).update(trashed_at=timezone.now())
    announce_filed(alice, [row.id])
    expect(note).to_be_visible()
    expect(actions).to_be_hidden()


@pytest.mark.parametrize("address", ["/", "/search/?q=kelp", "/account/usage/", "/prompts/"])
def test_the_list_is_live_beside_whatever_is_shown(
    page: Page, live: LiveServer, alice: User, address: str
) -> None:
    row = make(alice, "First", 1)
    page.goto(address)
    entries = page.locator("#sidebar .entry__title:visible")
    expect(entries).to_have_text(["First"])
    filing.rename(alice, row.id, "Renamed")
    announce_filed(alice, [row.id])
    expect(entries).to_have_text(["Renamed"])
