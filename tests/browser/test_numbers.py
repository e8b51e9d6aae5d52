"""The pages of numbers: usage, the live board, one's own usage, reading with a reason."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import OperationalError
from django.test import Client
from playwright.sync_api import Page, expect

from conversations import live_board
from conversations.audit import open_for_reading
from conversations.models import Budget, Conversation, Generation, Provider
from conversations.usage import fold
from tests.browser.acts import box, open_talk, send
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, hold, text
from tests.usage.rows import months_of

# Where to leave pictures of the pages, if somebody wants to look at them.
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def numbers(alice: User, bob: User, admin: User, talk: Conversation) -> None:
    """Two months of requests, a budget that is nearly used up, and a conversation that was read."""
    alice.groups.add(Group.objects.create(name="sales"))
    months_of(alice, bob, requests=240, hours=6)
    fold()
    Budget.objects.create(amount=200_000)
    Budget.objects.create(amount=9, unit="money", hard=False, period="day")
    open_for_reading(admin, talk, "A court asked for this conversation.")


@pytest.fixture
def administrator(open_context: Any, as_admin: Client, live: LiveServer) -> Any:
    """Makes the administrator's browser, as `open_context` makes alice's."""

    def make(**options: Any) -> Page:
        context = open_context(**options)
        context.clear_cookies()
        cookies = as_admin.cookies.items()
        context.add_cookies([{"name": name, "value": each.value, "url": live.url} for name, each in cookies])
        page: Page = context.new_page()
        return page

    return make


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_printed_without_what_is_only_for_screens(numbers: None, administrator: Any) -> None:
    page = administrator()
    page.goto("/admin/usage/")
    page.emulate_media(media="print")
    picture(page, "usage-print")
    expect(page.locator(".usage__filters")).to_be_hidden()
    expect(page.locator("svg").first).to_be_visible()


def test_the_live_board_moves_and_stops(
    administrator: Any,
    page: Page,
    talk: Conversation,
    provider: Provider,
    upstream: ScriptedUpstream,
) -> None:
    upstream.script(steps=[text("Slowly, "), text("slowly."), hold()])
    board = administrator()
    board.goto("/admin/live/")
    expect(board.get_by_text("Nothing runs at the moment.")).to_be_visible()
    open_talk(page, talk)
    send(page, "Go on")
    expect(board.get_by_role("row", name="alice")).to_contain_text("answering")
    picture(board, "live-running")
    board.get_by_role("button", name="Stop the answer for alice").click()
    expect(board.get_by_text("was asked to stop")).to_be_visible()
    expect(board.get_by_text("Nothing runs at the moment.")).to_be_visible()
    expect(box(page)).to_be_visible()
    assert Generation.objects.filter(status="stopped").count() == 1


def test_the_live_board_says_that_the_database_is_away(
    administrator: Any, live: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = administrator()
    board.goto("/admin/live/")
    look = live_board.look

    def away(meter: Any) -> Any:
        raise OperationalError("the server is shutting down")

    monkeypatch.setattr(live_board, "look", away)
    said = board.get_by_text("The database does not answer. This is how it was.")
    expect(said).to_be_visible()
    monkeypatch.setattr(live_board, "look", look)
    expect(said).to_be_hidden()
