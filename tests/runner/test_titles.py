"""A title by the model: once, after the first whole exchange, as plain text, never over a person's own."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from conversations import endings, filing, sending, titler
from conversations.endings import Ending
from conversations.lifecycle import House
from conversations.models import Budget, Conversation, Generation, Provider
from conversations.models.status import Status
from conversations.threads import in_database
from conversations.titling import title_from
from conversations.upstream import Usage
from tests.conftest import Limits
from tests.scripted_upstream import ScriptedUpstream, finish, text

SAID = [
    ("Tides and the Moon", "Tides and the Moon"),
    ('Title: "Tides and the Moon."', "Tides and the Moon"),
    ("**Titel:** Gezeiten\nMehr dazu", "Gezeiten"),
    ("<think>Let me see.\nA title</think>\n\n# Tides", "Tides"),
    ("<think>never ends", ""),
    ("<script>alert(1)</script>", "alert(1)"),
    ("\u300c\u6f6e\u306e\u6e80\u3061\u5f15\u304d\u300d", "\u6f6e\u306e\u6e80\u3061\u5f15\u304d"),
    ("x" * 300, "x" * 79 + "\u2026"),
    ("\x1b[31mred\u202e\x00\n", "red"),
    ("# **Whales <b>sing</b>** [aloud](http://x.y)", "Whales sing aloud"),
    ('"Tides" and "Moons"', '"Tides" and "Moons"'),
    ("***", ""),
    ("", ""),
]


@pytest.mark.parametrize(("said", "title"), SAID)
def test_what_a_model_says_becomes_one_plain_line(said: str, title: str) -> None:
    assert title_from(said) == title


def answered(user: User, content: str = "It turns twice a day.", **ending: Any) -> sending.Sent:
    """A first question whose answer has ended as a runner would have ended it."""
    sent = sending.start_conversation(user, content="When does the **tide** turn?")
    end(sent, content, **ending)
    return sent


def end(sent: sending.Sent, content: str, status: Status = Status.COMPLETE) -> None:
    row = Generation.objects.get(message=sent.answer)
    lease = Generation.lease_end(30)
    Generation.objects.filter(pk=row.pk).update(status="streaming", owner="me", lease_until=lease)
    made = Ending(status, content=content, usage=Usage(prompt_tokens=1, completion_tokens=1, total_tokens=2))
    assert endings.finish(row.pk, owner="me", fence=row.fence, ending=made)


@pytest.fixture
def by_model(limits: Limits) -> None:
    limits["titles"] = "model"  # type: ignore[assignment]


def titles() -> list[Generation]:
    return list(Generation.objects.filter(purpose="title"))


def test_one_is_asked_for_after_the_first_whole_exchange_only(
    by_model: None, alice: User, provider: Provider
) -> None:
    sent = answered(alice)
    [row] = titles()
    assert (row.status, row.message_id, row.user_name, row.provider) == ("queued", None, "alice", provider)
    end(sending.send(alice, sent.conversation.id, content="And?"), "Yes.")
    end(sending.retry(alice, sent.conversation.id, sent.answer.id), "Again.")
    assert len(titles()) == 1
    answered(alice, "Half of", status=Status.INTERRUPTED)
    answered(alice, "")
    assert len(titles()) == 1
    assert not Generation.objects.waiting().exists()


def test_nobody_asks_where_it_is_switched_off_or_the_demo_model_answers(
    alice: User, provider: Provider, limits: Limits
) -> None:
    answered(alice)
    limits["titles"] = "model"  # type: ignore[assignment]
    Provider.objects.update(kind="local")
    answered(alice)
    assert titles() == []


@pytest.fixture
async def worker(transactional_db: None, by_model: None) -> Any:
    house = House(with_runner=False)
    await house.client.load()
    house.doorbell.attach()
    yield titler.Titler(name="t", client=house.client, doorbell=house.doorbell, is_busy=lambda: False)
    await house.drain()


async def test_the_title_is_given_and_stands_in_the_ledger(
    worker: titler.Titler, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text('Title: "Tides'), text(' & Moon"'), finish(usage=(30, 4))])
    sent = await in_database(answered, alice)
    assert await worker.step()
    assert not await worker.step()
    named = await Conversation.objects.aget(pk=sent.conversation.pk)
    assert (named.title, named.title_source) == ("Tides & Moon", "model")
    assert named.active_leaf_id == sent.answer.pk
    row = await Generation.objects.aget(purpose="title")
    assert (row.status, row.total_tokens, row.source) == ("complete", 34, "reported")
    asked = upstream.request(0).body
    assert asked["max_tokens"] <= 200
    assert "When does the **tide** turn?" in asked["messages"][-1]["content"]


async def test_a_title_of_a_persons_own_is_kept(
    worker: titler.Titler, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("By the model"), finish()])
    sent = await in_database(answered, alice)
    await in_database(filing.rename, alice, sent.conversation.id, "Mine")
    assert await worker.step()
    assert (await Conversation.objects.aget(pk=sent.conversation.pk)).title == "Mine"


async def test_when_it_fails_the_cut_stays(
    worker: titler.Titler, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="alpha", steps=[text("<think>and think"), finish()])
    sent = await in_database(answered, alice)
    assert await worker.step()
    kept = await Conversation.objects.aget(pk=sent.conversation.pk)
    assert (kept.title, kept.title_source) == ("When does the tide turn?", "cut")
    await in_database(Provider.objects.update, base_url="http://127.0.0.1:9/v1")
    await in_database(answered, alice)
    assert await worker.step()
    assert await Generation.objects.filter(purpose="title", status="failed").acount() == 1


def test_answers_go_first_for_a_while(by_model: None, alice: User, provider: Provider) -> None:
    answered(alice)
    assert titler.claim_title("me", polite=True) is None
    claim = titler.claim_title("me")
    assert claim is not None
    assert titler.claim_title("me") is None
    Conversation.objects.all().delete()
    assert titler.end_title("me", claim, Ending(Status.COMPLETE, content="Late")) is None
    assert titles()[0].status == "complete"


def test_it_is_given_up_where_no_budget_covers_it(by_model: None, alice: User, provider: Provider) -> None:
    answered(alice)
    budget = Budget.objects.create(amount=300)
    assert titler.claim_title("me") is None
    [row] = titles()
    assert (row.status, row.error_kind, row.attempts, row.total_tokens) == ("stopped", "over_budget", 0, None)
    Budget.objects.filter(pk=budget.pk).update(amount=1000)
    answered(alice)
    claim = titler.claim_title("me")
    assert claim is not None
    assert Generation.objects.get(pk=claim.generation_id).reserved_tokens > 200
