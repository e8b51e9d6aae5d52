"""Of several runners that look for work, one gets each row."""

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection

from conversations import claims, endings, sending
from conversations.claims import Claim
from conversations.lifecycle import House
from conversations.models import Conversation, Generation, Message, Provider
from conversations.models.status import Status
from conversations.threads import in_database
from tests.runner.asking import Watched
from tests.scripted_upstream import ScriptedUpstream

MANY = 40


def queue_many(user: User) -> set[uuid.UUID]:
    for number in range(MANY):
        sending.start_conversation(user, content=f"Question {number}")
    return set(Generation.objects.values_list("id", flat=True))


@pytest.mark.django_db(transaction=True)
def test_each_row_is_claimed_once_by_threads(alice: User, provider: Provider) -> None:
    queued = queue_many(alice)
    together = threading.Barrier(4)

    def work(owner: str) -> list[Claim]:
        together.wait()
        try:
            taken = []
            while batch := claims.claim_waiting(owner, 3):
                taken += batch
            return taken
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        taken = [claim for batch in threads.map(work, "abcd") for claim in batch]
    assert Counter(claim.generation_id for claim in taken) == dict.fromkeys(queued, 1)
    owners = dict(Generation.objects.values_list("id", "owner"))
    assert {claim.generation_id: claim.owner for claim in taken} == owners
    assert set(Generation.objects.values_list("status", "fence")) == {("streaming", 1)}
    assert Message.objects.filter(role="assistant", status="streaming").count() == MANY


async def test_two_runners_ask_the_upstream_once_for_each(
    house: House, alice: User, provider: Provider, upstream: ScriptedUpstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = Watched(monkeypatch, endings, "finish")
    second = House(with_runner=True)
    second.start()
    try:
        await in_database(queue_many, alice)
        await finished.until(lambda watched: len(watched.results) >= MANY)
    finally:
        await second.drain()
    assert all(finished.results)
    assert len(finished.results) == MANY
    asked = Counter(request.body["messages"][-1]["content"] for request in upstream.requests)
    assert asked == {f"Question {number}": 1 for number in range(MANY)}
    saved = [
        content
        async for content in Message.objects.filter(role="assistant", status="complete").values_list(
            "content", flat=True
        )
    ]
    assert sorted(saved) == sorted(asked)


@pytest.mark.django_db(transaction=True)
def test_a_runner_takes_no_more_than_it_has_room_for(alice: User, provider: Provider) -> None:
    for _ in range(3):
        sending.start_conversation(alice, content="Hello")
    assert len(claims.claim_waiting("one", 2)) == 2
    assert Generation.objects.waiting().count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_longest_waiting_come_first(alice: User, provider: Provider) -> None:
    first, second = [sending.start_conversation(alice, content="Hello").answer.id for _ in range(2)]
    assert [claims.claim_waiting("one", 1)[0].message_id for _ in range(2)] == [first, second]


@pytest.mark.django_db(transaction=True)
def test_what_was_deleted_while_it_waited_is_nobodys(alice: User, provider: Provider) -> None:
    sending.start_conversation(alice, content="Hello")
    Conversation.objects.all().delete()
    assert claims.claim_waiting("one", 5) == []
    row = Generation.objects.get()
    assert (row.status, row.message_id, row.user) == ("stopped", None, alice)
    assert row.ended_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_claim_has_the_branch_that_leads_to_it(alice: User, provider: Provider) -> None:
    sent = sending.start_conversation(alice, content="One", system_prompt="Be brief.")
    [first] = claims.claim_waiting("one", 1)
    assert [turn["content"] for turn in first.body["messages"]] == ["Be brief.", "One"]
    ending = endings.Ending(Status.COMPLETE, content="Two", last_seq=1)
    assert endings.finish(first.generation_id, owner="one", fence=1, ending=ending)
    sending.retry(alice, sent.conversation.id, sent.answer.id)
    [again] = claims.claim_waiting("one", 1)
    assert again.body["messages"] == first.body["messages"]
    ending.content = "Deux"
    assert endings.finish(again.generation_id, owner="one", fence=1, ending=ending)
    sending.send(alice, sent.conversation.id, content="Three", parent_id=sent.answer.id)
    [third] = claims.claim_waiting("one", 1)
    assert [turn["content"] for turn in third.body["messages"]] == ["Be brief.", "One", "Two", "Three"]
