"""Before the first word the page says what it waits for, and after a stop what came of it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conversations.models import Conversation
from tests.browser.acts import ask, last_answer, open_talk, says, stop_the_clock, wait_for_status
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, hold

# As the socket would tell it.
TELL = "(frame) => document.dispatchEvent(new CustomEvent('chat:frame', {detail: frame}))"


@pytest.fixture
def waiting(page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream) -> Any:
    """`waiting(phase=…, seconds=…)`: the frame comes; returns the sign."""
    upstream.script(model="alpha", steps=[hold()])
    with page.expect_websocket() as opened:
        open_talk(page, talk)
    # What the server itself tells comes first; from then on only the test tells.
    with opened.value.expect_event("framereceived", lambda frame: '"phase":"reading"' in str(frame)):
        ask(page, "Anyone?")
    message = last_answer(page).get_attribute("data-message")
    # Less than the socket waits for a pong.
    stop_the_clock(page, ahead=8)

    def tell(**frame: Any) -> Any:
        page.evaluate(TELL, {"type": "message.waiting", "message": message, **frame})
        return page.locator("waiting-sign")

    yield tell
    page.clock.run_for(3_000)
    page.get_by_role("button", name="Stop").click()


def test_each_phase_has_its_words_and_its_seconds(waiting: Any, page: Page) -> None:
    expect(waiting(phase="connecting", seconds=0, detail="")).to_have_text("Connecting…")
    sign = waiting(phase="reading", seconds=0, usually_ms=4200, detail="")
    page.clock.run_for(12_000)
    expect(sign).to_have_text("Reading your prompt… 12 s, usually 4 s")
    expect(waiting(phase="reading", seconds=0, detail="")).to_have_text("Reading your prompt… 0 s")
    sign = waiting(phase="retrying", seconds=5, detail="The server is busy.")
    expect(sign).to_have_text("The server is busy. Retrying in 5 s")
    page.clock.run_for(3_000)
    expect(sign).to_have_text("The server is busy. Retrying in 2 s")
    page.clock.run_for(3_000)
    expect(sign).to_have_text("The server is busy. Retrying now…")
    expect(waiting(phase="dreaming", seconds=1, detail="The model dreams.")).to_have_text("The model dreams.")


def test_a_stop_is_acknowledged_at_once_and_has_a_receipt(waiting: Any, page: Page) -> None:
    status = page.get_by_role("status").filter(has_text="Stop")
    message = last_answer(page).get_attribute("data-message")
    page.evaluate(TELL, {"type": "message.stopping", "message": message})
    expect(status).to_have_text("Stopping…")
    expect(page.get_by_role("button", name="Stop")).to_have_attribute("aria-disabled", "true")
    done = {"type": "message.done", "message": "elsewhere", "receipt": {"closed_ms": 180, "tokens": 214}}
    page.evaluate(TELL, done)
    expect(status).to_have_text("Stopped in 180 ms, 214 tokens kept.")
    page.evaluate(TELL, {**done, "receipt": {"closed_ms": 9, "tokens": None}})
    expect(status).to_have_text("Stopped in 9 ms.")


def test_a_server_that_is_busy_is_waited_for_in_words_in_every_tab(
    page: Page,
    live: LiveServer,
    talk: Conversation,
    upstream: ScriptedUpstream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("conversations.upstream.retry.MAX_RETRY_AFTER", 600.0)
    upstream.refuse(503, {"error": {"message": "No slot is free."}}, Retry_After="600")
    open_talk(page, talk)
    ask(page, "Anyone?")
    other = page.context.new_page()
    open_talk(other, talk)
    for tab in (page, other):
        expect(tab.locator("waiting-sign")).to_contain_text("No slot is free. Retrying in")
    with says(page, "Stopped in"), says(other, "Stopped in"):
        page.get_by_role("button", name="Stop").click()
    for tab in (page, other):
        wait_for_status(tab, "stopped")
    assert len(upstream.requests) == 1
