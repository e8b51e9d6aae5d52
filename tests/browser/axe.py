"""What axe has to say against a page that is open, in both colour schemes."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

FIND = """async (rules) => {
  // Colours that are on their way to others are nobody's.
  const changes = document.getAnimations().filter((each) => each instanceof CSSTransition);
  await Promise.allSettled(changes.map(({finished}) => finished));
  const runOnly = rules ? {runOnly: {type: "rule", values: rules}} : {};
  const {violations} = await axe.run({resultTypes: ["violations"], preload: false, ...runOnly});
  return violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html.slice(0, 200)}`));
}"""
# What a theme can change; all else is looked at in one of them.
COLOURS = ["color-contrast", "link-in-text-block"]


def found(page: Page, rules: list[str] | None = None) -> list[str]:
    """In the page as it is; `rules`: only these."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    wrong: list[str] = page.evaluate(FIND, rules)
    return wrong


def violations(page: Page) -> list[str]:
    """In the light, and what is different in the dark. The page is left in the light."""
    page.emulate_media(color_scheme="dark")
    dark = [f"dark: {line}" for line in found(page, COLOURS)]
    page.emulate_media(color_scheme="light")
    return found(page) + dark
