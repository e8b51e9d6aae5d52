"""The panel with instructions and parameters: by keyboard, without leaving the page, and without a script."""

from typing import Any

from playwright.sync_api import Page, expect

from conversations.models import Conversation, Generation, OfferedModel, Provider
from tests.browser.acts import box, last_body, open_talk, send
from tests.browser.axe import violations
from tests.browser.test_access import PHONE, WIDE
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream

SUMMARY = "summary"


def open_panel(page: Page) -> Any:
    panel = page.locator("details.parameters")
    panel.locator(SUMMARY).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Temperature")).to_be_visible()
    return panel


def test_the_keyboard_sets_them_and_the_next_answer_has_them(
    page: Page, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    open_talk(page, talk)
    box(page).fill("Half a thought")
    panel = open_panel(page)
    page.keyboard.press("Tab")
    page.keyboard.type("Be brief.")
    page.keyboard.press("Tab")
    page.keyboard.type("0,2")
    expect(panel.get_by_text("Not saved yet.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status")).to_have_text("Saved. It holds from the next answer on.")
    expect(panel.get_by_text("Not saved yet.")).to_be_hidden()
    expect(panel.get_by_role("button", name="Save", exact=True)).to_be_focused()
    expect(panel.locator(SUMMARY)).to_contain_text("Instructions, Temperature")
    expect(box(page)).to_have_value("Half a thought")
    send(page, "Now?")
    expect(last_body(page)).to_have_text("Now?")
    body = upstream.request(0).body
    assert body["temperature"] == 0.2
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}
    assert Generation.objects.get().parameters == {"temperature": 0.2}


def test_a_bad_value_is_said_beside_its_field(page: Page, talk: Conversation, witness: Any) -> None:
    witness.expected.append("400 (Bad Request)")
    open_talk(page, talk)
    panel = open_panel(page)
    temperature = page.get_by_label("Temperature")
    temperature.fill("hot")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(temperature).to_be_focused()
    expect(temperature).to_have_value("hot")
    expect(temperature).to_have_attribute("aria-invalid", "true")
    expect(panel.locator("#id_temperature_error")).to_contain_text("Please give a number from 0 to 2")
    expect(temperature).to_have_accessible_description(
        "Please give a number from 0 to 2, or leave this empty."
    )
    temperature.fill("1")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_role("status")).to_contain_text("Saved")
    talk.refresh_from_db()
    assert talk.parameters == {"temperature": 1}


def test_without_a_connection_what_was_typed_stays(page: Page, talk: Conversation, witness: Any) -> None:
    witness.expected.append("ERR_FAILED")
    open_talk(page, talk)
    panel = open_panel(page)
    page.get_by_label("Seed").fill("7")
    page.route("**/parameters/", lambda route: route.abort())
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(panel.get_by_role("status")).to_contain_text("could not be saved")
    expect(page.get_by_label("Seed")).to_have_value("7")


def test_it_works_without_a_script(open_context: Any, talk: Conversation) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(talk.get_absolute_url())
    page.locator(SUMMARY, has_text="Model and instructions").click()
    page.get_by_label("Stop sequences").fill("END")
    page.get_by_label("Reasoning effort").select_option("low")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(SUMMARY, has_text="Model and instructions")).to_contain_text("Stop sequences")
    talk.refresh_from_db()
    assert talk.parameters == {"stop": ["END"], "reasoning_effort": "low"}


def test_the_open_panel_is_for_everybody(open_context: Any, talk: Conversation) -> None:
    page = open_context(viewport=PHONE).new_page()
    for address in ("/", talk.get_absolute_url()):
        page.goto(address)
        open_panel(page)
        page.get_by_label("Temperature").fill("0.2")
        assert violations(page) == []
        assert not page.evaluate(WIDE)


def test_what_holds_by_default_follows_the_model_that_is_picked(
    page: Page, live: LiveServer, provider: Provider
) -> None:
    Provider.objects.update(parameters={"temperature": 0.3})
    other = Provider.objects.create(
        name="Other", base_url=provider.base_url, parameters={"reasoning_effort": "low"}
    )
    OfferedModel.objects.create(
        provider=other, model_id="gamma", context_length=8192, system_prompt="Be kind."
    )
    page.goto("/")
    panel = open_panel(page)
    expect(page.get_by_label("Temperature")).to_have_attribute("placeholder", "Default: 0.3")
    expect(panel.locator("[data-facts]")).to_be_hidden()
    page.get_by_label("Model", exact=True).select_option("gamma")
    expect(page.get_by_text("gamma answers.")).to_be_visible()
    expect(panel.locator("[data-facts]")).to_have_text("Context: 8,192 tokens of prompt and answer together.")
    expect(page.get_by_label("Temperature")).to_have_attribute("placeholder", "Default")
    expect(page.get_by_label("Instructions")).to_have_attribute("placeholder", "Be kind.")
    expect(page.get_by_label("Reasoning effort").locator("option").first).to_have_text("Default: low")
