"""Formulas look like mathematics on machines that have no font for it."""

from playwright.sync_api import Page

from conversations.models import Conversation
from tests.browser.acts import open_talk
from tests.live import LiveServer

LOADED = """() => document.fonts.ready.then(() => [...document.fonts].some(
  (font) => font.family.includes("Noto Sans Math") && font.status === "loaded"))"""
HEIGHTS = "(signs) => signs.map((sign) => sign.getBoundingClientRect().height)"


def test_a_large_sign_is_large_and_brackets_grow(page: Page, live: LiveServer, talk: Conversation) -> None:
    formulas = r"In words $\int_0^1 (x)$ and alone: $$\int_0^1 \left(\frac{x}{\frac{y}{z}}\right) dx$$"
    talk.messages.filter(role="assistant").update(content=formulas)
    open_talk(page, talk)
    page.wait_for_function(LOADED)
    signs = page.locator("math mo")
    inline, alone = (signs.filter(has_text="\u222b").nth(place) for place in (0, 1))
    small, large = inline.evaluate_all(HEIGHTS)[0], alone.evaluate_all(HEIGHTS)[0]
    assert large > 1.3 * small
    brackets = signs.filter(has_text="(").evaluate_all(HEIGHTS)
    assert brackets[-1] > 1.3 * brackets[0]


def test_a_page_without_formulas_fetches_no_font(page: Page, live: LiveServer, talk: Conversation) -> None:
    open_talk(page, talk)
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].map((font) => font.status)") == ["unloaded"]
