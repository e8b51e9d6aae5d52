"""A conversation of hundreds of messages: all of it in the page, and only what is looked at laid out."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from conversations.models import Conversation, Message, Provider
from tests.browser.acts import box, last_body, open_talk
from tests.browser.test_scrolling import AT_END
from tests.live import LiveServer

TURNS = 150
LAID_OUT = """() => [...document.querySelectorAll('message-thread > article')].filter((article) =>
  article.querySelector('.message__body').checkVisibility({ contentVisibilityAuto: true })).length"""

AT_REST = """async () => {
  const before = scrollY;
  for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
  const left = document.scrollingElement.scrollHeight - innerHeight - scrollY;
  return scrollY === before && scrollY > 0 && left > 1000;
}"""


@pytest.fixture
def long_talk(alice: User, provider: Provider) -> Conversation:
    talk = Conversation.objects.create(owner=alice, title="Long", model="alpha")
    rows: list[Message] = []
    for turn in range(TURNS):
        leaf = rows[-1] if rows else None
        question = Message(conversation=talk, parent=leaf, role="user", content=f"Question {turn}?")
        text = f"Answer {turn}.\n\n" + "A paragraph of some words. " * 40
        rows += [question, Message(conversation=talk, parent=question, role="assistant", content=text)]
    Message.objects.bulk_create(rows)
    talk.active_leaf = rows[-1]
    talk.save()
    return talk


def test_it_opens_at_its_end_and_lays_out_little(
    page: Page, live: LiveServer, long_talk: Conversation
) -> None:
    open_talk(page, long_talk)
    expect(page.locator("article")).to_have_count(2 * TURNS)
    page.wait_for_function(AT_END)
    expect(last_body(page)).to_be_in_viewport()
    assert page.evaluate(LAID_OUT) < 60


def test_a_link_to_any_of_its_messages_leads_there(
    page: Page, live: LiveServer, long_talk: Conversation
) -> None:
    for number in (0, 101, 2 * TURNS - 3):
        message = long_talk.thread()[number]
        page.goto("about:blank")
        page.goto(f"{long_talk.get_absolute_url()}#m-{message.id}")
        expect(page.locator(f"#m-{message.id} .message__body")).to_be_in_viewport()


def test_reading_upwards_does_not_jump(page: Page, live: LiveServer, long_talk: Conversation) -> None:
    open_talk(page, long_talk)
    page.wait_for_function(AT_END)
    page.mouse.move(700, 300)
    for _ in range(12):
        page.mouse.wheel(0, -700)
    page.wait_for_function(AT_REST)
    seen = page.evaluate(
        """() => { const at = document.elementFromPoint(700, 300).closest('article');
          globalThis.top0 = [at, at.getBoundingClientRect().top]; return at.id; }"""
    )
    assert seen
    box(page).press_sequentially("A word, meanwhile")
    assert abs(page.evaluate("top0[0].getBoundingClientRect().top - top0[1]")) < 2
