"""A long answer in parts: the same live and reloaded, and nothing moves when it is finished."""

from playwright.sync_api import Page, expect

from conversations.models import Conversation
from tests.benchmarks.page import MIXED
from tests.browser.acts import ask, last_body, open_talk, until, wait_for_status
from tests.browser.test_scrolling import AT_REST
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, text, wait_for

TIMES = 20  # of some seven blocks
MARK = "for (const part of document.querySelectorAll('.part')) part.mine = true"
MARKED = "[...document.querySelectorAll('.part')].map((part) => part.mine === true)"
CENTRE = """() => {
  const { left, width } = document.querySelector("message-thread").getBoundingClientRect();
  const found = document.elementFromPoint(left + width / 2, innerHeight / 2);
  return [found.textContent, found.getBoundingClientRect().top];
}"""


def chunks(size: int = 97) -> list[str]:
    whole = MIXED * TIMES
    return [whole[start : start + size] for start in range(0, len(whole), size)]


def test_a_long_answer_is_the_same_live_and_reloaded(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[*map(text, chunks()), wait_for("seen"), text("The end."), finish()])
    open_talk(page, talk)
    ask(page, "At length, please.")
    expect(last_body(page).locator("blockquote")).to_have_count(TIMES)
    running = last_body(page).inner_html().partition("<open-block")[0]
    page.evaluate(MARK)
    upstream.release("seen")
    wait_for_status(page, "complete")
    finished = last_body(page).inner_html()
    assert finished.startswith(running.removesuffix("</div>"))
    kept = page.evaluate(MARKED)
    assert len(kept) > 3
    # The very elements that were there, except for the part that the last block came into.
    assert kept == [True] * (len(kept) - 1) + [False]
    page.reload()
    assert last_body(page).inner_html() == finished


def test_a_page_that_comes_in_the_middle_goes_on_with_the_same_parts(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    half = chunks()
    steps = [*map(text, half[: len(half) // 2]), wait_for("half"), *map(text, half[len(half) // 2 :])]
    upstream.script(model="alpha", steps=[*steps, wait_for("seen"), text("The end."), finish()])
    open_talk(page, talk)
    ask(page, "At length, please.")
    expect(last_body(page).locator(".part")).not_to_have_count(0)
    late = page.context.new_page()
    open_talk(late, talk)
    upstream.release("half")
    for tab in (page, late):
        expect(last_body(tab).locator("blockquote")).to_have_count(TIMES)
    until(page, lambda: last_body(late).inner_html() == last_body(page).inner_html())
    upstream.release("seen")
    wait_for_status(page, "complete")


def test_who_reads_in_the_middle_sees_nothing_move_at_the_end(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[*map(text, chunks()), wait_for("up"), text("The end."), finish()])
    open_talk(page, talk)
    ask(page, "At length, please.")
    expect(last_body(page).locator("blockquote")).to_have_count(TIMES)
    page.mouse.move(700, 300)
    page.mouse.wheel(0, -2500)
    expect(page.get_by_role("button", name="Jump to latest")).to_be_visible()
    page.wait_for_function(AT_REST)
    before = page.evaluate(CENTRE)
    upstream.release("up")
    wait_for_status(page, "complete")
    assert page.evaluate(CENTRE) == before
