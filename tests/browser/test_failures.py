"""What goes wrong is said in words, and nothing that was typed is lost."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from conversations.models import Conversation, Provider
from tests.browser.acts import ask, box, last_answer, last_body, open_talk, send, unsent, wait_for_status
from tests.browser.conftest import Witness
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, reset, text


def test_a_refused_key_is_said_in_words(
    page: Page, live: LiveServer, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.refuse(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})
    page.goto("/")
    ask(page, "Hello?")
    wait_for_status(page, "failed")
    expect(last_answer(page).locator(".message__error")).to_contain_text("key")
    expect(page.locator("article[data-role=user] .message__body")).to_have_text("Hello?")


def test_a_dead_server_is_said_in_words_and_retry_asks_again(
    page: Page, live: LiveServer, talk: Conversation, provider: Provider, upstream: ScriptedUpstream
) -> None:
    Provider.objects.filter(pk=provider.pk).update(base_url="http://127.0.0.1:9/v1")
    open_talk(page, talk)
    ask(page, "Anybody?")
    wait_for_status(page, "failed")
    expect(last_answer(page).locator(".message__error")).not_to_be_empty()
    Provider.objects.filter(pk=provider.pk).update(base_url=upstream.base_url)
    upstream.script(model="alpha", steps=[text("Here I am."), finish()])
    page.get_by_role("button", name="Retry").click()
    expect(last_body(page)).to_have_text("Here I am.")
    expect(page.locator("article")).to_have_count(4)
    assert talk.messages.filter(content="Anybody?").count() == 1


def test_an_answer_that_breaks_off_is_kept_and_says_so(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Half an ans"), reset()])
    open_talk(page, talk)
    ask(page, "Hello?")
    wait_for_status(page, "interrupted")
    expect(last_body(page)).to_have_text("Half an ans")
    expect(last_answer(page).locator(".message__facts")).to_contain_text("Interrupted")


def test_without_a_model_the_page_says_what_to_do(
    page: Page, live: LiveServer, alice: User, witness: Witness
) -> None:
    witness.expected.append("503")
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("No language model is connected yet.")
    send(page, "Hello?")
    expect(page.get_by_role("alert")).to_contain_text("No language model is connected.")
    expect(box(page)).to_have_value("Hello?")


def test_signed_out_elsewhere_the_page_asks_to_sign_in_and_keeps_the_text(
    page: Page, live: LiveServer, talk: Conversation
) -> None:
    open_talk(page, talk)
    box(page).fill("Half a thought")
    Session.objects.all().delete()
    box(page).press("Enter")
    expect(page.get_by_role("link", name="Sign in again")).to_be_visible()
    expect(unsent(page)).to_contain_text("Half a thought")
    page.get_by_role("button", name="Take back").click()
    expect(box(page)).to_have_value("Half a thought")


@pytest.mark.parametrize("address", ["/conversations/00000000-0000-4000-8000-000000000000/", "/nothing/"])
def test_what_does_not_exist_is_a_page_of_ours(
    page: Page, live: LiveServer, address: str, witness: Witness
) -> None:
    witness.expected.append("404")
    page.goto(address)
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    expect(page.get_by_role("link", name="To my conversations")).to_be_visible()
