"""Stop: what had arrived stays, and the page says so."""

import re

from playwright.sync_api import Page, expect

from conversations.models import Conversation
from tests.browser.acts import ask, box, last_answer, last_body, open_talk, wait_for_status
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, hold, text


def test_stop_keeps_what_had_arrived(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("As far as this"), hold()])
    open_talk(page, talk)
    ask(page, "Go on for ever")
    expect(last_body(page)).to_have_text("As far as this")
    page.get_by_role("button", name="Stop").click()
    wait_for_status(page, "stopped")
    expect(last_body(page)).to_have_text("As far as this")
    expect(last_answer(page).locator(".message__facts")).to_contain_text("Stopped")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    expect(box(page)).to_be_focused()
    seen = upstream.request(0)
    seen.ended()
    assert seen.closed_early


def test_before_the_first_word_the_page_counts_the_seconds(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[hold()])
    open_talk(page, talk)
    ask(page, "Anyone?")
    expect(page.get_by_text(re.compile(r"Reading your prompt… [1-9]\d* s"))).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    wait_for_status(page, "stopped")
