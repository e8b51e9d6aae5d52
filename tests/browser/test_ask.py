"""Asking, and seeing the answer come."""

from playwright.sync_api import Page, expect

from conversations.models import Conversation, Message, Provider
from tests.browser.acts import ask, box, last_body, open_talk, wait_for_status
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, reasoning, text, wait_for


def test_a_first_question_opens_a_conversation_and_its_answer_streams(
    page: Page, live: LiveServer, provider: Provider, upstream: ScriptedUpstream
) -> None:
    steps = [text("The sky is"), wait_for("more"), text(" **blue**."), finish(usage=(5, 7))]
    upstream.script(model="alpha", steps=steps)
    page.goto("/")
    expect(box(page)).to_be_focused()
    ask(page, "Why is the sky blue?")
    expect(last_body(page)).to_have_text("The sky is")
    expect(page).to_have_url(live.url + Conversation.objects.get().get_absolute_url())
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    expect(page).to_have_title("● Why is the sky blue?")
    upstream.release("more")
    wait_for_status(page, "complete")
    expect(last_body(page).locator("strong")).to_have_text("blue")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    expect(page).to_have_title("Why is the sky blue?")
    assert Message.objects.get(role="assistant").content == "The sky is **blue**."


def test_a_second_question_is_asked_in_the_page(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Fine."), finish(usage=(20, 1))])
    open_talk(page, talk)
    ask(page, "How are you?")
    wait_for_status(page, "complete")
    expect(last_body(page)).to_have_text("Fine.")
    expect(box(page)).to_have_value("")
    expect(box(page)).to_be_focused()
    assert [message.content for message in talk.messages.in_order()][2:] == ["How are you?", "Fine."]


def test_the_picked_model_answers(
    page: Page, live: LiveServer, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="beta", steps=[text("I am beta."), finish()])
    page.goto("/")
    page.get_by_label("Model", exact=True).select_option("beta")
    ask(page, "Who are you?")
    expect(last_body(page)).to_have_text("I am beta.")


def test_what_is_known_about_an_answer_stands_under_it(
    page: Page, live: LiveServer, talk: Conversation
) -> None:
    open_talk(page, talk)
    facts = page.locator(".message__facts")
    for words in ("Complete", "stop", "alpha", "345 tokens", "first token after 230 ms", "78.9 tokens/s"):
        expect(facts).to_contain_text(words)


def test_reasoning_is_shown_while_it_is_all_there_is_and_folds_away(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    steps = [reasoning("Let me see."), wait_for("thought"), text("Done."), finish()]
    upstream.script(model="alpha", steps=steps)
    open_talk(page, talk)
    ask(page, "Think!")
    expect(page.get_by_text("Let me see.")).to_be_visible()
    upstream.release("thought")
    wait_for_status(page, "complete")
    expect(page.get_by_text("Let me see.")).to_be_hidden()
    page.locator("details.reasoning summary").click()
    expect(page.get_by_text("Let me see.")).to_be_visible()


def test_an_example_fills_the_box(page: Page, live: LiveServer, provider: Provider) -> None:
    page.goto("/")
    page.get_by_role("button", name="Plan a simple dinner").click()
    expect(box(page)).to_have_value("Plan a simple dinner for four people in five steps.")
    expect(box(page)).to_be_focused()


def test_the_sidebar_narrows_to_what_is_searched(page: Page, live: LiveServer, talk: Conversation) -> None:
    open_talk(page, talk)
    entry = page.get_by_role("navigation").get_by_role("link", name="A talk")
    expect(entry).to_be_visible()
    page.get_by_role("searchbox", name="Search conversations").fill("xyz")
    expect(entry).to_be_hidden()
    page.get_by_role("searchbox", name="Search conversations").fill("TALK")
    expect(entry).to_be_visible()
    page.get_by_role("searchbox", name="Search conversations").press("Enter")
    expect(page.get_by_role("main").get_by_role("link", name="A talk")).to_be_visible()
