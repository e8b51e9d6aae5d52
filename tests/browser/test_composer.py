"""The box: keys, limits, and text that is never lost."""

from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, Request, expect

from conversations.models import Conversation, Message, Preference, Provider
from tests.browser.acts import box, last_body, open_talk, send, wait_for_status
from tests.conftest import Limits
from tests.live import LiveServer
from tests.scripted_upstream import ScriptedUpstream, finish, text


def test_enter_sends_and_shift_enter_breaks_the_line(
    page: Page, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("Two lines."), finish()])
    open_talk(page, talk)
    box(page).press_sequentially("one")
    box(page).press("Shift+Enter")
    box(page).press_sequentially("two")
    expect(box(page)).to_have_value("one\ntwo")
    box(page).press("Enter")
    expect(last_body(page)).to_have_text("Two lines.")
    assert talk.messages.filter(content="one\ntwo").count() == 1


@pytest.mark.parametrize("enter", ["sends", "breaks"])
def test_enter_that_ends_an_input_methods_word_does_not_send(
    page: Page, live: LiveServer, talk: Conversation, alice: User, enter: str
) -> None:
    Preference.objects.create(user=alice, enter=enter)
    open_talk(page, talk)
    box(page).fill("にほん")
    # The second is Safari's last key of a word.
    for word, held in product(("isComposing: true", "keyCode: 229"), ("", "ctrlKey: true,")):
        key = (
            f"new KeyboardEvent('keydown', {{key: 'Enter', {held} {word}, bubbles: true, cancelable: true}})"
        )
        assert box(page).evaluate(f"e => e.dispatchEvent({key})")
    expect(box(page)).to_have_value("にほん")
    expect(box(page)).to_be_editable()


def test_a_long_text_is_pasted_sent_and_kept_whole(
    open_context: Any, live: LiveServer, talk: Conversation, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("All of it."), finish()])
    page = open_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    open_talk(page, talk)
    long = "".join(f"Line {number}: words, wörter, 言葉.\n" for number in range(6_000))
    assert 200 * 1024 < len(long.encode()) < 256 * 1024
    page.evaluate("text => navigator.clipboard.writeText(text)", long)
    box(page).press("ControlOrMeta+V")
    expect(box(page)).to_have_value(long)
    assert box(page).evaluate("e => e.getBoundingClientRect().height") <= 0.4 * 720 + 1
    box(page).press("Enter")
    expect(last_body(page)).to_have_text("All of it.")
    assert talk.messages.filter(content=long).count() == 1


def test_the_box_grows_with_its_text_up_to_a_limit(page: Page, live: LiveServer, talk: Conversation) -> None:
    open_talk(page, talk)
    height = "e => e.getBoundingClientRect().height"
    low = box(page).evaluate(height)
    box(page).fill("line\n" * 5)
    higher = box(page).evaluate(height)
    box(page).fill("line\n" * 200)
    assert low < higher < box(page).evaluate(height) <= 0.4 * 720 + 1


def test_a_megabyte_is_refused_in_words_and_stays_in_the_box(
    page: Page, live: LiveServer, talk: Conversation
) -> None:
    open_talk(page, talk)
    paste = "e => { e.focus(); document.execCommand('insertText', false, 'é'.repeat(524288)); }"
    box(page).evaluate(paste)
    box(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("too long: 1024 KB. The limit is 256 KB")
    assert box(page).evaluate("e => e.value.length") == 524288
    assert talk.messages.count() == 2


def test_what_is_too_long_on_the_new_page_is_refused_in_words_too(
    page: Page, live: LiveServer, provider: Provider
) -> None:
    # No more than that: over a megabyte in one box Chromium itself thinks for half a minute.
    too_much = "é" * (128 * 1024 + 1)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 (Playwright marks what it calls)
    page.goto("/")
    box(page).fill(too_much)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("too long")
    page.reload()
    expect(box(page)).to_have_value(too_much)
    # Not as a draft either: this browser keeps it.
    assert [request.url for request in asked if request.method == "POST"] == []
    assert not Conversation.objects.exists()


def test_an_empty_message_is_refused_in_words(page: Page, live: LiveServer, talk: Conversation) -> None:
    open_talk(page, talk)
    box(page).fill("  \n ")
    box(page).press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Please write a message first.")
    assert talk.messages.count() == 2


def test_what_the_server_refuses_comes_back_into_the_box(
    page: Page, live: LiveServer, talk: Conversation, limits: Limits
) -> None:
    limits["rate_limit_messages"] = 1
    open_talk(page, talk)
    send(page, "One too many")
    expect(page.get_by_role("alert")).to_contain_text("within a minute")
    expect(box(page)).to_have_value("One too many")
    expect(box(page)).to_be_editable()
    expect(box(page)).to_be_focused()
    assert talk.messages.count() == 2


def test_a_double_click_on_send_makes_one_conversation(
    page: Page, live: LiveServer, provider: Provider, upstream: ScriptedUpstream
) -> None:
    page.goto("/")
    box(page).fill("Once")
    page.get_by_role("button", name="Send").dblclick()
    wait_for_status(page, "complete")
    assert Conversation.objects.count() == 1
    assert Message.objects.filter(role="user").count() == 1
