"""What a person does and looks at, in a few words."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Error, Locator, Page, expect

from conversations.models import Conversation, Generation

# Seconds: a machine that does other work as well stands still for some, and only a failure waits them out.
PATIENCE = 60

# Notes whether a line that passes has said some words.
LISTEN = """(words) => {
  globalThis.wasSaid ??= new Set();
  wasSaid.delete(words);
  new MutationObserver(() => {
    const lines = [...document.querySelectorAll("[role=status], [role=log], [data-copy-code]")];
    if (lines.some((line) => line.textContent.includes(words))) wasSaid.add(words);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def send(page: Page, words: str) -> None:
    """Presses Send, whatever comes of it."""
    page.get_by_role("textbox", name="Message").fill(words)
    page.get_by_role("button", name="Send").click()


def ask(page: Page, words: str) -> None:
    """Sends, and sees the question and its answer's place in the conversation."""
    send(page, words)
    expect(page.locator("article[data-role=user] .message__body").last).to_have_text(words)
    expect(page.locator("article").last).to_have_attribute("data-role", "assistant")


def open_talk(page: Page, talk: Conversation) -> None:
    page.goto(talk.get_absolute_url())


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message")


def unsent(page: Page) -> Locator:
    """The messages that have not reached the server."""
    return page.get_by_role("list", name="Not sent yet").get_by_role("listitem")


def last_answer(page: Page) -> Locator:
    return page.locator("article[data-role=assistant]").last


def last_body(page: Page) -> Locator:
    return last_answer(page).locator(".message__body")


def wait_for_status(page: Page, status: str) -> None:
    expect(last_answer(page)).to_have_attribute("data-status", status)


@contextmanager
def says(page: Page, words: str) -> Iterator[None]:
    """What is done within makes the page say these words, if only for a moment."""
    page.evaluate(LISTEN, words)
    yield
    page.wait_for_function("(words) => wasSaid.has(words)", arg=words)


def until(page: Page, holds: Callable[[], bool]) -> None:
    """For what only the database says: looks again and again."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def reload_at_the_end(page: Page, status: str) -> None:
    """As somebody without scripts does who does not wait for the page to look by itself."""
    until(page, lambda: not Generation.objects.running().exists())
    with suppress(Error):  # just then it looked by itself
        page.reload()
    wait_for_status(page, status)


def stop_the_clock(page: Page, ahead: float = 3600) -> None:
    """From here on time passes in the page only where the test says so (`page.clock.run_for`)."""
    page.clock.install()
    page.clock.pause_at(time.time() + ahead)
