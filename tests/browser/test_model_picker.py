"""The model picker: a select for few models, a searchable list for many; mouse, keyboard or no script."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation, Generation, OfferedModel, Provider
from conversations.upstream.listing import Listed
from tests.browser.acts import ask, open_talk, send, wait_for_status
from tests.browser.axe import violations
from tests.browser.conftest import Witness
from tests.browser.test_access import PHONE, WIDE
from tests.live import LiveServer


@pytest.fixture
def many(provider: Provider) -> Provider:
    """5,000 models besides the two of the scripted upstream; they are answered by it as well."""
    big = Provider.objects.create(name="Big", base_url=provider.base_url, api_key="k")
    names = [Listed(f"vendor/model-{number:04}", 131072) for number in range(5000)]
    OfferedModel.objects.follow(big.pk, names)
    return big


def select(page: Page) -> Locator:
    return page.get_by_label("Model", exact=True)


def search_box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search by name")


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Results").get_by_role("option")


def test_few_models_are_a_plain_select(page: Page, live: LiveServer, provider: Provider) -> None:
    page.goto("/")
    select(page).press("Enter")
    expect(search_box(page)).to_have_count(0)
    select(page).select_option("beta")
    send(page, "Hello")
    wait_for_status(page, "complete")
    assert Generation.objects.get().model_requested == "beta"


def test_a_model_of_thousands_is_found_and_answers(page: Page, live: LiveServer, many: Provider) -> None:
    page.goto("/")
    select(page).click()
    expect(search_box(page)).to_be_focused()
    search_box(page).press_sequentially("big 4321")
    expect(options(page)).to_have_count(1)
    expect(options(page)).to_contain_text("vendor/model-4321")
    expect(options(page)).to_contain_text("128K")
    options(page).click()
    expect(search_box(page)).to_have_count(0)
    expect(select(page)).to_be_focused()
    expect(select(page)).to_have_value("vendor/model-4321")
    send(page, "Hello")
    wait_for_status(page, "complete")
    row = Generation.objects.get()
    assert (row.model_requested, row.provider_id) == ("vendor/model-4321", many.pk)
    # The page of the conversation has it picked, and keeps to it.
    expect(select(page)).to_have_value("vendor/model-4321")


def test_the_keyboard_is_enough(page: Page, live: LiveServer, many: Provider) -> None:
    page.goto("/")
    select(page).focus()
    page.keyboard.press("v")
    expect(search_box(page)).to_have_value("v")
    page.keyboard.type("endor/model-000")
    # As many as only the whole of it finds.
    expect(options(page)).to_have_count(10)
    expect(options(page).first).to_have_attribute("data-active", "")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    active = search_box(page).get_attribute("aria-activedescendant")
    assert active is not None
    expect(page.locator(f"#{active}")).to_contain_text("vendor/model-0001")
    page.keyboard.press("Enter")
    expect(select(page)).to_have_value("vendor/model-0001")
    page.keyboard.press("ArrowDown")
    expect(search_box(page)).to_be_focused()
    expect(page.get_by_role("option", selected=True).and_(options(page))).to_contain_text("vendor/model-0001")
    page.keyboard.press("Escape")
    expect(search_box(page)).to_have_count(0)
    expect(select(page)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(search_box(page)).to_have_count(0)
    assert not Conversation.objects.exists()


def test_the_end_of_the_list_brings_more(page: Page, live: LiveServer, many: Provider) -> None:
    page.goto("/")
    select(page).click()
    search_box(page).fill("model-1")
    expect(page.get_by_role("status").and_(page.locator(".model-menu__note"))).to_have_text("50+ found")
    options(page).last.scroll_into_view_if_needed()
    expect(options(page)).to_have_count(100)
    expect(options(page).nth(99)).to_contain_text("vendor/model-1099")
    search_box(page).fill("no such thing")
    expect(page.get_by_text("Nothing has all these words in its name.")).to_be_visible()
    expect(options(page)).to_have_count(0)


def test_without_a_connection_the_models_of_the_page_are_searched(
    page: Page, live: LiveServer, many: Provider, witness: Witness
) -> None:
    witness.expected.append("Failed to load resource")
    page.goto("/")
    page.route("**/models/?*", lambda route: route.abort())
    select(page).click()
    search_box(page).fill("bet")
    expect(options(page)).to_have_text(["beta"])
    expect(page.get_by_text("The server could not be asked.")).to_be_visible()


def test_a_click_elsewhere_closes_it_and_changes_nothing(
    page: Page, live: LiveServer, many: Provider
) -> None:
    page.goto("/")
    select(page).click()
    expect(search_box(page)).to_be_focused()
    page.locator("main").click(position={"x": 5, "y": 5})
    expect(search_box(page)).to_have_count(0)
    expect(select(page)).to_have_value("alpha")


def test_a_hostile_name_is_text(page: Page, live: LiveServer, many: Provider) -> None:
    name = '<img src=x onerror="alert(1)">'
    OfferedModel.objects.filter(model_id="vendor/model-3333").update(display_name=name)
    page.goto("/")
    select(page).click()
    search_box(page).fill("onerror")
    expect(options(page)).to_have_count(1)
    expect(options(page)).to_contain_text(name)
    expect(options(page)).to_contain_text("vendor/model-3333")


def test_a_conversation_goes_on_with_what_is_picked_in_it(
    page: Page, live: LiveServer, many: Provider, talk: Conversation
) -> None:
    open_talk(page, talk)
    select(page).click()
    search_box(page).fill("model-2222")
    expect(options(page)).to_have_count(1)
    page.keyboard.press("Enter")
    ask(page, "And now?")
    wait_for_status(page, "complete")
    talk.refresh_from_db()
    assert (talk.model, talk.provider_id) == ("vendor/model-2222", many.pk)


def test_the_open_list_is_for_everybody(
    open_context: Any, live: LiveServer, many: Provider, alice: User
) -> None:
    page = open_context(viewport=PHONE, has_touch=True).new_page()
    page.goto("/")
    select(page).tap()
    expect(options(page).first).to_be_visible()
    assert violations(page) == []
    assert not page.evaluate(WIDE)
    fits = "() => { const r = document.querySelector('model-menu').getBoundingClientRect();"
    assert page.evaluate(fits + "return r.left >= 0 && r.right <= innerWidth && r.top >= 0; }")


def test_without_scripts_all_models_are_one_link_away(
    open_context: Any, live: LiveServer, many: Provider
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/")
    page.get_by_role("link", name="All models").click()
    select(page).select_option("vendor/model-4999")
    send(page, "Hello")
    expect(page.locator("article")).to_have_count(2)
    assert Generation.objects.get().model_requested == "vendor/model-4999"
