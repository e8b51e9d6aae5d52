"""Without scripts: what failed is tried again, a running answer comes by itself, and one can export."""

from typing import Any

from playwright.sync_api import expect

from conversations.models import Conversation, Message
from tests.browser.acts import box, last_answer, last_body, open_talk, send, wait_for_status
from tests.browser.conftest import Witness
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


def test_what_is_typed_while_an_answer_runs_is_not_lost(
    open_context: Any, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Here it"), wait_for("typed"), text(" is."), finish()])
    upstream.script(model="alpha", steps=[text("Gladly."), finish()])
    page = open_context(java_script_enabled=False).new_page()
    looked: list[str] = []
    page.on("framenavigated", lambda frame: looked.append(frame.url))
    open_talk(page, talk)
    send(page, "And now?")
    expect(last_body(page)).to_have_text("Here it")
    # It looks again by itself; so there is nothing to type into.
    expect(box(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("link", name="Write meanwhile").click()
    box(page).fill("Typed at leisure")
    upstream.release("typed")
    seen = len(looked)
    elsewhere = open_context().new_page()
    open_talk(elsewhere, talk)
    wait_for_status(elsewhere, "complete")
    page.get_by_role("button", name="Refresh and keep my text").click()
    expect(last_body(page)).to_have_text("Here it is.")
    expect(box(page)).to_have_value("Typed at leisure")
    assert len(looked) == seen + 1
    page.get_by_role("button", name="Send").click()
    expect(last_body(page)).to_have_text("Gladly.")
    expect(box(page)).to_be_visible()


def test_what_was_refused_while_an_answer_runs_stays_in_the_box(
    open_context: Any, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream, witness: Witness
) -> None:
    witness.expected.append("409")
    upstream.script(model="alpha", steps=[text("Here it"), wait_for("end"), finish()])
    page = open_context(java_script_enabled=False).new_page()
    open_talk(page, talk)
    send(page, "And now?")
    expect(last_body(page)).to_have_text("Here it")
    page.get_by_role("link", name="Write meanwhile").click()
    asked = Message.objects.filter(conversation=talk, role="user").latest("created_at")
    page.goto(f"{talk.get_absolute_url()}?edit={asked.id}")
    box(page).fill("Changed")
    page.get_by_role("button", name="Send").click()
    expect(box(page)).to_have_value("Changed")
    expect(page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]")).to_have_count(0)
    upstream.release("end")


def test_a_conversation_is_exported(open_context: Any, live: LiveServer, talk: Conversation) -> None:
    page = open_context(java_script_enabled=False).new_page()
    open_talk(page, talk)
    page.get_by_role("button", name="Share and export").click()
    with page.expect_download() as told:
        page.get_by_role("link", name="Export as Markdown").click()
    assert "Hello?" in told.value.path().read_text()
