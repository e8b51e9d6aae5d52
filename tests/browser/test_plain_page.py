"""Without scripts: what failed is tried again, a running answer comes by itself, and one can export."""

from typing import Any

from playwright.sync_api import expect

from conversations.models import Conversation
from tests.browser.acts import last_answer, last_body, open_talk, send
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, error, finish, text, wait_for


def test_what_failed_is_tried_again_and_comes_by_itself(
    open_context: Any, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[error("Out of order")])
    upstream.script(model="alpha", steps=[text("Here it"), wait_for("seen"), text(" is."), finish()])
    page = open_context(java_script_enabled=False).new_page()
    open_talk(page, talk)
    send(page, "And now?")
    # Nobody presses anything: the page looks again, until the answer has ended.
    expect(last_answer(page)).to_have_attribute("data-status", "failed")
    expect(last_answer(page)).to_contain_text("Out of order")
    last_answer(page).get_by_role("button", name="Retry").click()
    expect(last_body(page)).to_have_text("Here it")
    upstream.release("seen")
    expect(last_body(page)).to_have_text("Here it is.")
    expect(last_answer(page)).to_have_attribute("data-status", "complete")


def test_a_conversation_is_exported(open_context: Any, live: LiveServer, talk: Conversation) -> None:
    page = open_context(java_script_enabled=False).new_page()
    open_talk(page, talk)
    page.get_by_role("button", name="Share and export").click()
    with page.expect_download() as told:
        page.get_by_role("link", name="Export as Markdown").click()
    assert "Hello?" in told.value.path().read_text()
