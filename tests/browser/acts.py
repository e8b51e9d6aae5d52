"""What a person does and looks at, in a few words."""

from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation


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
