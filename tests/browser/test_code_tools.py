"""Above a block of code: Copy, and Wrap where lines are long."""

from playwright.sync_api import Page, expect

from conversations.models import Conversation
from tests.browser.acts import last_body, open_talk, stop_the_clock
from tests.live import LiveServer

LONG = f"```python\nx = '{'very long ' * 30}'\n```\n\n```\nshort\n```\n"
SCROLLS = "code => code.parentElement.scrollWidth > code.parentElement.clientWidth"


def test_long_lines_are_wrapped_and_unwrapped(page: Page, live: LiveServer, talk: Conversation) -> None:
    talk.messages.filter(role="assistant").update(content=LONG)
    open_talk(page, talk)
    code = last_body(page).locator(".code__text").first
    wrap = page.get_by_role("button", name="Wrap")
    expect(wrap).to_have_count(1)
    assert code.evaluate(SCROLLS)
    wrap.press("Enter")
    expect(wrap).to_have_attribute("aria-pressed", "true")
    assert not code.evaluate(SCROLLS)
    wrap.click()
    expect(wrap).to_have_attribute("aria-pressed", "false")
    assert code.evaluate(SCROLLS)


def test_code_is_copied_as_it_was_written(page: Page, live: LiveServer, talk: Conversation) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    talk.messages.filter(role="assistant").update(content=LONG)
    open_talk(page, talk)
    copy = last_body(page).locator("[data-copy-code]").last
    stop_the_clock(page)
    copy.click()
    expect(copy).to_have_text("Copied")
    page.clock.run_for(2_000)
    assert page.evaluate("navigator.clipboard.readText()") == "short\n"
    expect(copy).to_have_text("To clipboard")
