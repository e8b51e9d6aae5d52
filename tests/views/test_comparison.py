"""Two variants beside each other: mine, in one place, with outcome, time and price."""

import uuid
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation, Generation, Message, Provider
from tests.browser.conftest import make_talk


@pytest.fixture
def talk(alice: User, provider: Provider) -> Conversation:
    talk = make_talk(alice, [("Why?", "Because <b>it</b> rains.")])
    first = talk.active_leaf
    assert first is not None
    second = Message.objects.create(
        conversation=talk,
        parent=first.parent,
        role="assistant",
        content="Because <b>it</b> snows.",
        status="stopped",
        duration_ms=61_000,
    )
    ledger = {"user": alice, "conversation": talk, "provider": provider, "status": "complete"}
    Generation.objects.create(**ledger, message=second, cost=Decimal("0.00120000"), currency="USD")
    Generation.objects.create(**ledger, message=second, cost=Decimal("0.00030000"), currency="USD")
    return talk


def address(talk: Conversation, a: object, b: object) -> str:
    return f"{talk.get_absolute_url()}compare/?a={a}&b={b}"


def answers(talk: Conversation) -> list[Message]:
    return list(talk.messages.filter(role="assistant").in_order())


def test_the_words_that_differ_are_marked_and_nothing_is_raw(as_alice: Client, talk: Conversation) -> None:
    first, second = answers(talk)
    html = as_alice.get(address(talk, first.id, second.id)).content.decode()
    assert "<del>rains</del>" in html
    assert "<ins>snows</ins>" in html
    assert "<b>it</b>" not in html
    assert "Because &lt;b&gt;it&lt;/b&gt;" in html


def test_outcome_time_and_price_stand_beside_the_text(as_alice: Client, talk: Conversation) -> None:
    first, second = answers(talk)
    html = as_alice.get(address(talk, first.id, second.id)).content.decode()
    for words in ("Complete", "Stopped", "4.6 s in all", "1 min 1 s in all", "0.0015 USD"):
        assert words in html


def test_the_arrows_of_variants_lead_there(as_alice: Client, talk: Conversation) -> None:
    first, second = answers(talk)
    html = as_alice.get(talk.get_absolute_url()).content.decode()
    assert f"compare/?a={first.id}&amp;b={second.id}" in html


def test_only_two_messages_in_one_place_of_mine_can_be_compared(
    as_alice: Client, as_bob: Client, talk: Conversation
) -> None:
    first, second = answers(talk)
    question = talk.messages.get(role="user")
    assert as_bob.get(address(talk, first.id, second.id)).status_code == 404
    assert as_alice.get(address(talk, first.id, question.id)).status_code == 404
    assert as_alice.get(address(talk, first.id, uuid.uuid4())).status_code == 404
    assert as_alice.get(address(talk, first.id, "nonsense")).status_code == 404
    assert as_alice.get(f"{talk.get_absolute_url()}compare/").status_code == 404
    assert as_alice.post(address(talk, first.id, second.id)).status_code == 405
