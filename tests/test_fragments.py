"""Messages that were rendered before: kept, bounded, and never out of date."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from conversations.articles import article
from conversations.fragments import FRAGMENTS, Fragments, fingerprint
from conversations.models import Conversation, Message, Provider
from tests.browser.conftest import make_talk


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    FRAGMENTS.clear()


@pytest.fixture
def answer(alice: User, provider: Provider) -> Message:
    talk = make_talk(alice, [("Hello?", "Hello, *Alice*.")])
    assert talk.active_leaf is not None
    return Message.objects.get(pk=talk.active_leaf.pk)


def test_a_message_is_rendered_once(answer: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    first = article(answer)
    monkeypatch.setattr("conversations.articles._rendered", lambda _: pytest.fail("rendered again"))
    assert article(Message.objects.get(pk=answer.pk)) == first


def test_a_page_read_again_renders_nothing(
    as_alice: Client, answer: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = answer.conversation.get_absolute_url()
    first = as_alice.get(address).content.decode()
    monkeypatch.setattr("conversations.articles._rendered", lambda _: pytest.fail("rendered again"))
    again = as_alice.get(address).content.decode()
    assert again[again.index("<message-thread") :].count("<article") == 2
    assert "<em>Alice</em>" in first
    assert "<em>Alice</em>" in again


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("content", "Other."),
        ("reasoning", "Hm."),
        ("refusal", "No."),
        ("error", "Away."),
        ("finish_reason", "length"),
        ("model", "beta"),
        ("usage", {"completion_tokens": 1}),
        ("tool_calls", [{"name": "f", "arguments": "{}"}]),
        ("status", "stopped"),
        ("reasoning_ms", 4000),
        ("variants", []),
    ],
)
def test_whatever_changes_a_message_renders_it_anew(answer: Message, field: str, value: object) -> None:
    before = fingerprint(answer)
    setattr(answer, field, value)
    assert fingerprint(answer) != before


def test_each_language_has_its_own(answer: Message) -> None:
    with translation.override("en"):
        english = fingerprint(answer)
    with translation.override("de"):
        assert fingerprint(answer) != english


def test_a_running_answer_is_never_kept(answer: Message) -> None:
    answer.status = "streaming"
    made = iter("ab")
    kept = Fragments()
    assert [kept.of(answer, lambda: next(made)) for _ in range(2)] == ["a", "b"]
    assert len(kept) == 0


def test_what_is_kept_is_bounded_and_the_oldest_goes_first(alice: User, provider: Provider) -> None:
    talk: Conversation = make_talk(alice, [("1", "a"), ("2", "b")])
    one, two, three, _ = talk.thread()
    kept = Fragments(most=20)
    kept.of(one, lambda: "x" * 10)
    kept.of(two, lambda: "y" * 10)
    kept.of(one, lambda: "not made")
    kept.of(three, lambda: "z" * 10)
    assert kept.of(one, lambda: "not made") == "x" * 10
    assert kept.of(two, lambda: "made again") == "made again"
    kept.of(three, lambda: "w" * 21)
    assert len(kept) == 2
