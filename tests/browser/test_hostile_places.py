"""Every hostile text in every place that a stranger's words can reach, in a real Chromium.

The browser's own judgement counts: nothing ran, no rule of the policy was broken, no other host was asked
(the last two by the `witness` of every browser test).
"""

import uuid

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page

from conversations.models import Conversation, Draft, Message, Provider, QueuedMessage, Tag
from tests.browser.conftest import make_talk
from tests.live import LiveServer
from tests.rendering.payloads import PAYLOADS
from tests.scripted_upstream import ScriptedUpstream

# As tags: names are short, and one in capitals is no other one.
DISTINCT = {text[:50].lower(): text for text in PAYLOADS}.values()
WATCH = """globalThis.alert = globalThis.fired = () => { globalThis.hasFired = true; };"""
# What may not stand anywhere: our pages have their scripts in the head and their pictures as masks.
BAD = """() => [...document.querySelectorAll(
  'body :is(script, img, iframe, object, embed, svg, base, meta, link, style, video, audio, marquee)')]
  .concat([...document.querySelectorAll('*')].filter((one) =>
    one.getAttributeNames().some((name) => /^on|^style$|^srcdoc$/.test(name))))
  .concat([...document.querySelectorAll('[href], [action], [formaction], [src]')].filter((one) =>
    ['href', 'action', 'formaction', 'src'].some((name) => /^\\s*(javascript|data|vbscript|blob|file):/i
      .test(one.getAttribute(name) ?? ''))))
  .filter((one) => !one.closest('noscript'))
  .map((one) => one.outerHTML.slice(0, 200))"""


def crowd(owner: User, provider: Provider) -> Conversation:
    """One conversation with every payload in every place of a message."""
    talk = make_talk(owner, [(text, text) for text in PAYLOADS], title="".join(PAYLOADS[:2])[:200])
    for text, message in zip(PAYLOADS, talk.messages.filter(role="assistant").in_order(), strict=True):
        message.reasoning = message.refusal = message.error = text
        message.status, message.model, message.finish_reason = "failed", text[:200], text[:40]
        message.tool_calls = [{"name": text, "arguments": text}]
        message.save()
    return talk


def offences(page: Page, address: str) -> list[str]:
    page.goto(address)
    found: list[str] = page.evaluate(BAD)
    if page.evaluate("globalThis.hasFired ?? false"):
        found.append("something ran")
    return found


@pytest.fixture
def watched(page: Page, live: LiveServer) -> Page:
    page.add_init_script(WATCH)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    return page


def test_every_payload_in_every_place_of_a_message(watched: Page, alice: User, provider: Provider) -> None:
    talk = crowd(alice, provider)
    assert offences(watched, talk.get_absolute_url()) == []
    assert watched.locator("article").count() == 2 * len(PAYLOADS)
    first, second = [*talk.messages.filter(role="assistant").in_order()][:2]
    Message.objects.filter(pk=second.pk).update(parent=first.parent)
    address = f"{talk.get_absolute_url()}compare/?a={first.pk}&b={second.pk}"
    assert offences(watched, address) == []


def test_every_payload_as_title_and_tag(watched: Page, alice: User, provider: Provider) -> None:
    tags = {text[:50].lower(): Tag.objects.create(owner=alice, name=text[:50]) for text in DISTINCT}
    for text in PAYLOADS:
        talk = Conversation.objects.create(owner=alice, title=text[:200], model=text[:200])
        talk.tags.add(tags[text[:50].lower()])
    assert offences(watched, "/") == []
    assert offences(watched, "/history/") == []
    assert offences(watched, talk.get_absolute_url()) == []


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), 40))
def test_payloads_as_draft_queue_model_and_provider(
    watched: Page, alice: User, provider: Provider, upstream: ScriptedUpstream, number: int
) -> None:
    talk = make_talk(alice, [("Hello?", "Hello.")])
    texts = PAYLOADS[number : number + 40]
    Draft.objects.create(user=alice, conversation=talk, content="\n".join(texts))
    for text in texts:
        QueuedMessage.objects.create(
            conversation=talk, client_id=uuid.uuid4(), content=text, model=text[:200], held=text
        )
    for text in texts[:10]:
        provider.offered.create(model_id=text[:150])
    Provider.objects.filter(pk=provider.pk).update(name=texts[0][:60])
    assert offences(watched, talk.get_absolute_url()) == []
    assert offences(watched, "/") == []
