"""The page follows the text while the reader is at its end, and only then."""

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from conversations.models import Conversation, Provider
from tests.browser.acts import ask, last_body, open_talk, wait_for_status
from tests.browser.conftest import make_talk
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, reasoning, text, wait_for

AT_END = "() => document.scrollingElement.scrollHeight - innerHeight - scrollY <= 1"
AT_REST = """async () => {
  const before = scrollY;
  for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
  return scrollY === before;
}"""
SOME_FRAMES = """async () => {
  for (let frame = 0; frame < 20; frame += 1) await new Promise(requestAnimationFrame);
}"""
TOP = "(it) => Math.round(it.getBoundingClientRect().top)"
PARAGRAPHS = "".join(f"Paragraph {number} with some words in it.\n\n" for number in range(30))


def test_the_page_follows_the_text_at_its_end_and_leaves_a_reader_above_alone(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    steps = [text(PARAGRAPHS), wait_for("up"), text(PARAGRAPHS), wait_for("end"), text("The end."), finish()]
    upstream.script(model="alpha", steps=steps)
    open_talk(page, talk)
    ask(page, "At length, please.")
    expect(last_body(page)).to_contain_text("Paragraph 29")
    page.wait_for_function(AT_END)
    jump = page.get_by_role("button", name="Jump to latest")
    expect(jump).to_be_hidden()

    page.mouse.move(700, 300)
    page.mouse.wheel(0, -400)
    expect(jump).to_be_visible()
    page.wait_for_function(AT_REST)
    place = page.evaluate("scrollY")
    upstream.release("up")
    expect(last_body(page).locator("p", has_text="Paragraph 29")).to_have_count(2)
    assert page.evaluate("scrollY") == place

    jump.click()
    page.wait_for_function(AT_END)
    expect(jump).to_be_hidden()
    upstream.release("end")
    wait_for_status(page, "complete")
    page.wait_for_function(AT_END)


def test_who_goes_to_the_beginning_of_a_long_conversation_stays_there(
    page: Page, live: LiveServer, alice: User, provider: Provider
) -> None:
    # Lower than they are thought to be while nobody has been there: the page shrinks as one comes near.
    open_talk(page, make_talk(alice, [(f"Question {number}?", "Yes.") for number in range(60)]))
    page.wait_for_function(AT_END)
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    expect(page.get_by_role("button", name="Jump to latest")).to_be_visible()
    page.evaluate(SOME_FRAMES)
    assert page.evaluate("scrollY") == 0


def test_a_page_opens_at_its_end_and_a_link_at_its_message(
    page: Page, live: LiveServer, talk: Conversation
) -> None:
    talk.messages.filter(role="assistant").update(content=PARAGRAPHS * 3)
    open_talk(page, talk)
    page.wait_for_function(AT_END)
    first = talk.messages.in_order().first()
    assert first is not None
    page.goto("about:blank")
    page.goto(f"{talk.get_absolute_url()}#m-{first.id}")
    expect(page.locator("article").first).to_be_in_viewport()


def test_thoughts_fold_away_under_the_finger_that_folds_them(
    page: Page, live: LiveServer, talk: Conversation
) -> None:
    thoughts = {"reasoning": PARAGRAPHS, "content": PARAGRAPHS}
    talk.messages.filter(role="assistant").update(**thoughts)
    open_talk(page, talk)
    summary = page.locator("details.reasoning summary")
    summary.scroll_into_view_if_needed()
    place = summary.evaluate(TOP)
    summary.click()
    page.evaluate(SOME_FRAMES)
    assert summary.evaluate(TOP) == place
    page.mouse.move(700, 300)
    page.mouse.wheel(0, 900)
    page.wait_for_function(AT_REST)
    expect(summary).to_be_in_viewport()
    place = summary.evaluate(TOP)
    summary.click()
    page.evaluate(SOME_FRAMES)
    assert summary.evaluate(TOP) == place


def test_thoughts_that_somebody_is_reading_stay_when_the_answer_begins(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(
        model="alpha", steps=[reasoning(PARAGRAPHS), wait_for("read"), text("The answer."), finish()]
    )
    open_talk(page, talk)
    ask(page, "Think, please.")
    expect(page.locator("details.reasoning")).to_contain_text("Paragraph 29")
    page.wait_for_function(AT_END)
    page.mouse.move(700, 300)
    page.mouse.wheel(0, -900)
    page.wait_for_function(AT_REST)
    place = page.evaluate("scrollY")
    upstream.release("read")
    wait_for_status(page, "complete")
    page.evaluate(SOME_FRAMES)
    assert page.evaluate("scrollY") == place
    assert page.locator("details.reasoning").last.evaluate("(it) => it.open")
