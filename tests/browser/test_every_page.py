"""Every page there is, for everybody: axe, no sideways scrolling on a phone, not a word in the console."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from conversations.models import Provider
from tests.browser.axe import COLOURS, found
from tests.browser.conftest import Witness
from tests.browser.test_access import WIDE
from tests.browser.world import NO_PAGES, World
from tests.live import LiveServer

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 800}
# Where to leave pictures of the pages, if somebody wants to look at them.
PICTURES = os.environ.get("PICTURES", "")
# Of the administration's lists and breadcrumbs: these are Django's own.
NOT_OURS = ('<a href="/admin/">Home</a>', '<a href="?">Show all</a>')


@pytest.fixture
def world(live: LiveServer, admin: User, alice: User, provider: Provider) -> World:
    return World(admin, alice, provider)


@pytest.fixture
def visit(browser: Browser, witness: Witness, live: LiveServer, as_admin: Client) -> Iterator[Any]:
    """Opens one page for all addresses, as the administrator or as a stranger."""
    opened: list[BrowserContext] = []
    # The pages of errors, and what axe itself does to a page.
    witness.expected += ["404", "403", "410", "Applying inline style"]

    def make(*, stranger: bool = False, **options: Any) -> Page:
        context = witness.watch(browser.new_context(base_url=live.url, viewport=PHONE, **options))
        opened.append(context)
        if not stranger:
            cookies = as_admin.cookies.items()
            context.add_cookies(
                [{"name": key, "value": each.value, "url": live.url} for key, each in cookies]
            )
        return context.new_page()

    yield make
    for context in opened:
        context.close()


def look(page: Page, address: str) -> list[str]:
    """What is wrong with it: on a phone in the light, on a desk in the dark, and the other two colours."""
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    page.goto(address)
    wrong = [*axe(page, "phone"), *(["phone: too wide"] if page.evaluate(WIDE) else [])]
    picture(page, address, "phone-light")
    page.emulate_media(color_scheme="dark")
    wrong += axe(page, "phone, dark", COLOURS)
    page.set_viewport_size(DESK)
    wrong += [*axe(page, "desk, dark"), *(["desk: too wide"] if page.evaluate(WIDE) else [])]
    picture(page, address, "desk-dark")
    page.emulate_media(color_scheme="light")
    return wrong + axe(page, "desk, light", COLOURS)


def axe(page: Page, where: str, rules: list[str] | None = None) -> list[str]:
    return [
        f"{where}: {line}" for line in found(page, rules) if not any(theirs in line for theirs in NOT_OURS)
    ]


def picture(page: Page, address: str, where: str) -> None:
    if PICTURES:
        name = address.strip("/").replace("/", "-").replace("?", "-")[:60]
        page.screenshot(path=Path(PICTURES) / f"{name}-{where}.png", full_page=True)


@pytest.mark.parametrize("part", ["chat", "accounts and administration"])
def test_every_page_is_for_everybody(world: World, visit: Any, part: str) -> None:
    late = {name: each for name, each in world.addresses.items() if name.startswith(("admin", "account_"))}
    early = {name: each for name, each in world.addresses.items() if name not in late}
    walks = (
        [(visit(), early)] if part == "chat" else [(visit(), late), (visit(stranger=True), world.strangers)]
    )
    wrong = [
        f"{address} {line}"
        for page, pages in walks
        for address in (each for several in pages.values() for each in several)
        for line in look(page, address)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_page_is_forgotten(world: World) -> None:
    """Of ours and of allauth's; of the administration's, those that are not Django's are listed by hand."""
    named = {name for name in names(get_resolver().url_patterns) if name}
    assert named - set(world.addresses) - set(world.strangers) - NO_PAGES == set()


def names(patterns: Sequence[URLPattern | URLResolver]) -> Iterator[str | None]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        elif pattern.app_name != "admin":
            yield from names(pattern.url_patterns)
