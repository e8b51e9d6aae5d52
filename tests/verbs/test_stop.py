"""Stop asks; what has arrived is kept, and what has ended stays as it is."""

import pytest
from django.contrib.auth.models import User

from conversations import sending
from conversations.models import Generation, Message, Provider
from conversations.refusals import NotFound


def test_a_queued_answer_is_stopped_at_once(alice: User, provider: Provider) -> None:
    sent = sending.start_conversation(alice, content="One")
    stopping = sending.stop(alice, sent.conversation.id, sent.answer.id)
    assert stopping.generation is not None
    assert Message.objects.get(pk=sent.answer.pk).status == "stopped"
    assert Generation.objects.get().status == "stopped"


def test_a_streaming_answer_is_asked_to_stop(alice: User, provider: Provider) -> None:
    sent = sending.start_conversation(alice, content="One")
    Message.objects.filter(pk=sent.answer.pk).update(status="streaming")
    Generation.objects.update(status="streaming", lease_until=Generation.lease_end(30))
    sending.stop(alice, sent.conversation.id, sent.answer.id)
    first = Generation.objects.get().stop_requested_at
    assert first is not None
    sending.stop(alice, sent.conversation.id, sent.answer.id)
    assert Generation.objects.get().stop_requested_at == first
    assert Message.objects.get(pk=sent.answer.pk).status == "streaming"


def test_stopping_what_has_ended_changes_nothing(alice: User, provider: Provider) -> None:
    sent = sending.start_conversation(alice, content="One")
    sending.stop(alice, sent.conversation.id, sent.answer.id)
    before = Generation.objects.values().get()
    assert sending.stop(alice, sent.conversation.id, sent.answer.id).generation is None
    assert Generation.objects.values().get() == before


def test_a_message_of_another_conversation_is_not_found(alice: User, provider: Provider) -> None:
    one = sending.start_conversation(alice, content="One")
    two = sending.start_conversation(alice, content="Two")
    with pytest.raises(NotFound):
        sending.stop(alice, one.conversation.id, two.answer.id)
