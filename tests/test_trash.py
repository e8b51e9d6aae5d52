"""What is put into the trash is gone for everybody but the trash, and after a while for good."""

import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from conversations import filing, sending, trash
from conversations.models import Conversation, Generation, GenerationEvent, Message, Provider, QueuedMessage
from conversations.refusals import NotFound
from tests.conftest import Limits


def begin(user: User, content: str = "What is a tide?") -> Conversation:
    sent = sending.start_conversation(user, content=content)
    sending.stop(user, sent.conversation.id, sent.answer.id)
    return sent.conversation


def put_days_ago(user: User, conversation: Conversation, days: float) -> None:
    trash.put(user, [conversation.id])
    Conversation.objects.filter(pk=conversation.pk).update(trashed_at=timezone.now() - timedelta(days=days))


def test_what_is_in_the_trash_looks_missing(as_alice: Client, alice: User, provider: Provider) -> None:
    conversation = begin(alice)
    trash.put(alice, [conversation.id])
    assert not Conversation.objects.of(alice).exists()
    for path in ("", "export.json", "export.md"):
        assert as_alice.get(f"/conversations/{conversation.id}/{path}").status_code == 404
    with pytest.raises(NotFound):
        sending.send(alice, conversation.id, content="Anybody?", client_id=uuid.uuid4())
    trash.restore(alice, [conversation.id])
    assert as_alice.get(f"/conversations/{conversation.id}/").status_code == 200


def test_a_form_sent_twice_around_the_trash_makes_nothing_new(alice: User, provider: Provider) -> None:
    client_id = uuid.uuid4()
    sent = sending.start_conversation(alice, content="Once", client_id=client_id)
    trash.put(alice, [sent.conversation.id])
    assert sending.start_conversation(alice, content="Once", client_id=client_id).repeated


def test_a_running_answer_is_stopped_first(alice: User, provider: Provider) -> None:
    sent = sending.start_conversation(alice, content="Long story")
    [stopping] = trash.put(alice, [sent.conversation.id])
    assert stopping.message == sent.answer
    assert Message.objects.get(pk=sent.answer.pk).status == "stopped"


def test_what_waits_for_the_answer_is_held_before_it_ends(alice: User, provider: Provider) -> None:
    sent = sending.start_conversation(alice, content="Long story")
    conversation = sent.conversation
    sending.queue(alice, conversation.id, content="And then?", client_id=uuid.uuid4(), model="")
    trash.put(alice, [conversation.id])
    # As if the end had been noticed while the conversation was on its way into the trash.
    Conversation.objects.update(trashed_at=None)
    assert sending.send_next(conversation.id) is None
    assert QueuedMessage.objects.get().held == sending.IN_TRASH


def test_only_what_is_mine_goes_comes_back_or_is_deleted(alice: User, bob: User, provider: Provider) -> None:
    conversation = begin(alice)
    trash.put(bob, [conversation.id])
    assert Conversation.objects.of(alice).exists()
    trash.put(alice, [conversation.id])
    trash.restore(bob, [conversation.id])
    assert trash.delete(bob, [conversation.id]) == 0
    assert trash.empty(bob) == 0
    assert Conversation.objects.of(alice, with_trash=True).trashed().get() == conversation


def test_only_what_lies_in_the_trash_is_deleted(alice: User, provider: Provider) -> None:
    conversation = begin(alice)
    assert trash.delete(alice, [conversation.id]) == 0
    assert Conversation.objects.of(alice).exists()


def test_deleting_removes_the_text_and_keeps_the_numbers(alice: User, provider: Provider) -> None:
    sent = sending.start_conversation(alice, content="Secret")
    filing.tag(alice, [sent.conversation.id], "private")
    Message.objects.filter(pk=sent.answer.pk).update(status="streaming")
    generation = Generation.objects.get()
    Generation.objects.update(
        status="streaming", lease_until=Generation.lease_end(30), prompt_tokens=3, cost="0.5"
    )
    GenerationEvent.objects.create(generation=generation, seq_from=1, seq_to=1, content="Secret too")
    trash.put(alice, [sent.conversation.id])
    assert trash.delete(alice, [sent.conversation.id]) == 1
    assert not Conversation.objects.exists()
    assert not Message.objects.exists()
    assert not GenerationEvent.objects.exists()
    row = Generation.objects.get()
    assert (row.user_name, row.prompt_tokens, row.conversation, row.message) == ("alice", 3, None, None)
    assert row.stop_requested_at is not None


def test_it_is_emptied_by_age(alice: User, bob: User, provider: Provider) -> None:
    old, fresh, kept = begin(alice, "Old"), begin(bob, "Fresh"), begin(alice, "Kept")
    put_days_ago(alice, old, 31)
    put_days_ago(bob, fresh, 29)
    said = StringIO()
    call_command("emptytrash", stdout=said)
    assert "1 conversation was deleted" in said.getvalue()
    assert set(Conversation.objects.all()) == {fresh, kept}
    assert trash.delete_expired() == 0


def test_without_a_retention_it_is_kept(alice: User, provider: Provider, limits: Limits) -> None:
    limits["trash_days"] = 0
    put_days_ago(alice, begin(alice), 4000)
    said = StringIO()
    call_command("emptytrash", stdout=said)
    assert "until its owners empty it" in said.getvalue()
    assert Conversation.objects.count() == 1


def test_emptying_mine_leaves_what_is_not_in_it(
    alice: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "BATCH", 2)
    kept = begin(alice)
    trash.put(alice, [begin(alice, f"Number {number}").id for number in range(5)])
    assert trash.empty(alice) == 5
    assert list(Conversation.objects.all()) == [kept]
