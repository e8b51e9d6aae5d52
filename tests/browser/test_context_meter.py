"""The line under the composer: about how much will be sent, what it costs, and when it gets too much."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from conversations.estimates import estimate_tokens
from conversations.models import Conversation, ModelPrice, OfferedModel, Provider
from tests.browser.acts import ask, box, open_talk, wait_for_status
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, text

PROSE = "The quick brown fox jumps over the lazy dog. " * 20


def meter_line(page: Page) -> Locator:
    return page.locator("context-meter [data-line]")


@pytest.fixture
def sized(provider: Provider) -> None:
    OfferedModel.objects.filter(model_id="alpha").update(listed_context=1000)
    ModelPrice.objects.create(model="alpha", input_price="3", output_price="9")


def test_it_adds_what_is_typed_and_warns_before_the_end(
    page: Page, live: LiveServer, talk: Conversation, sized: None
) -> None:
    open_talk(page, talk)
    expect(meter_line(page)).to_have_text("about 360 tokens · 0.0011 USD · 36 % of the context")
    box(page).fill(PROSE)
    expect(meter_line(page)).to_have_text("about 560 tokens · 0.0017 USD · 56 % of the context")
    warning = page.locator("context-meter").get_by_role("status")
    expect(warning).to_have_text("")
    box(page).fill(PROSE * 3)
    expect(warning).to_contain_text("nearly full")
    box(page).fill(PROSE * 9)
    expect(warning).to_contain_text("more than the context of this model holds")
    box(page).fill("")
    expect(warning).to_have_text("")
    expect(page.get_by_role("meter")).to_have_attribute("value", "36")


def test_it_follows_the_chosen_model(page: Page, live: LiveServer, talk: Conversation, sized: None) -> None:
    OfferedModel.objects.filter(model_id="beta").update(listed_context=3570)
    open_talk(page, talk)
    expect(meter_line(page)).to_contain_text("36 %")
    page.get_by_label("Model", exact=True).select_option("beta")
    expect(meter_line(page)).to_have_text("about 360 tokens · 10 % of the context")


def test_it_follows_what_the_server_counted(
    page: Page, live: LiveServer, talk: Conversation, sized: None, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Fine."), finish(usage=(400, 50))])
    open_talk(page, talk)
    ask(page, "And you?")
    wait_for_status(page, "complete")
    expect(meter_line(page)).to_contain_text("about 450 tokens")
    said = meter_line(page).text_content()
    page.reload()
    expect(meter_line(page)).to_have_text(said or "")


def test_a_new_page_says_nothing_until_something_is_typed(
    page: Page, live: LiveServer, provider: Provider
) -> None:
    page.goto("/")
    expect(meter_line(page)).to_have_text("")
    box(page).fill(PROSE)
    expect(meter_line(page)).to_have_text("about 200 tokens")
    expect(page.get_by_role("meter")).to_have_count(0)


def test_the_page_estimates_as_the_server_does(module: Any) -> None:
    texts = [
        PROSE,
        "def f(x):\n    return x.append(12345) != {}\n" * 9,
        "你好世界。今天天气很好。",
        "Привет, мир! Как дела?",
        "🙂🙂 é",
    ]
    found = module("helpers/token-estimate.js", f"return {json.dumps(texts)}.map(module.estimateTokens)")
    assert found == [pytest.approx(estimate_tokens(words), abs=1) for words in texts]
