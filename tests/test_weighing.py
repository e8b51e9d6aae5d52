"""What a conversation weighs: as its last counted answer says, and our estimate of what came after."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.growth import summed
from conversations.models import Conversation, Message, ModelPrice, OfferedModel, Provider, TokenFactor
from conversations.weighing import SAMPLE, held_by, weight_of

LINE = "data-line>"


def said(content: str, role: str = "user", **fields: Any) -> Message:
    return Message(role=role, content=content, **fields)


def counted(prompt: int, completion: int, **more: int) -> Message:
    usage = {"prompt_tokens": prompt, "completion_tokens": completion, **more}
    return said("Fine.", "assistant", usage=usage)


def line(client: Client, address: str) -> str:
    return client.get(address).content.decode().partition(LINE)[2].partition("<")[0]


def test_the_last_count_says_what_the_conversation_holds() -> None:
    assert held_by(counted(1000, 240)) == 1240
    assert weight_of([counted(10, 20), said("x"), counted(1000, 240)], "Be brief.") == 1240


def test_hidden_thoughts_are_not_sent_again() -> None:
    assert held_by(counted(1000, 240, reasoning_tokens=200)) == 1040
    assert held_by(counted(1000, 240, reasoning_tokens=999)) == 1000


@pytest.mark.parametrize(
    "usage", [None, {}, {"prompt_tokens": 0, "completion_tokens": 3}, {"prompt_tokens": 9}]
)
def test_where_nobody_counted_nothing_is_held(usage: Any) -> None:
    assert held_by(said("Fine.", "assistant", usage=usage)) is None


def test_a_continued_answer_holds_what_its_last_request_did() -> None:
    first = {"prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150, "source": "reported"}
    second = {"prompt_tokens": 150, "completion_tokens": 30, "total_tokens": 180, "source": "reported"}
    both = summed(first, second) or {}
    assert both["prompt_tokens"] == 250
    assert held_by(said("Fine.", "assistant", usage=both)) == 180


def test_what_came_since_is_estimated_with_the_models_factor() -> None:
    plain = weight_of([counted(100, 50), said("One two three four.")], "") - 150
    assert 5 <= plain <= 12
    assert weight_of([counted(100, 50), said("One two three four.")], "", 2.0) - 150 > plain
    assert weight_of([said("Hello.")], "Be brief.") > weight_of([said("Hello.")], "")
    assert weight_of([counted(100, 50), said(" ")], "") == 150


def test_a_long_text_is_weighed_by_a_part_of_it() -> None:
    text = "One two three four five six seven eight nine ten. " * (SAMPLE // 10)
    assert weight_of([said(text)], "") == pytest.approx(
        5 * weight_of([said(text[: len(text) // 5])], ""), rel=0.01
    )


def test_the_page_says_it_without_a_script(as_alice: Client, alice: User, provider: Provider) -> None:
    OfferedModel.objects.filter(model_id="alpha").update(listed_context=10_000)
    ModelPrice.objects.create(model="alpha", input_price="2.5", output_price="9")
    talk = Conversation.objects.create(owner=alice, provider=provider, model="alpha")
    asked = Message.objects.create(conversation=talk, role="user", content="Hello?")
    usage = {"prompt_tokens": 1000, "completion_tokens": 244}
    talk.active_leaf = Message.objects.create(
        conversation=talk, parent=asked, role="assistant", content="Fine.", model="alpha", usage=usage
    )
    talk.save()
    assert line(as_alice, talk.get_absolute_url()) == "about 1,240 tokens · 0.0031 USD · 12 % of the context"
    assert f'data-held="{1244}"' in as_alice.get(talk.get_absolute_url()).content.decode()
    assert line(as_alice, "/") == ""


def test_a_choice_brings_its_scale(as_alice: Client, provider: Provider) -> None:
    OfferedModel.objects.filter(model_id="beta").update(listed_context=8192)
    TokenFactor.objects.create(
        provider_id=provider.pk, model="beta", prompt_reported=1500, prompt_estimated=950, samples=3
    )
    ModelPrice.objects.create(model="beta", input_price="0.5", output_price="1", currency="EUR")
    told = as_alice.get("/models/about/", {"model": "beta"}).json()["scale"]
    assert told == {"factor": 1.55, "context": 8192, "price": "0.5", "currency": "EUR"}
    neutral = {"factor": 1.0, "context": None, "price": "", "currency": ""}
    assert as_alice.get("/models/about/", {"model": "alpha"}).json()["scale"] == neutral
