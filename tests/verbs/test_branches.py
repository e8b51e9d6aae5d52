"""An edit and a regeneration make branches beside the old ones; one of them is shown."""

import uuid

import pytest
from django.contrib.auth.models import User

from conversations import sending
from conversations.models import Message, Provider
from conversations.refusals import NotFound
from tests.verbs.endings import end, ended


def shown(sent: sending.Sent) -> list[str]:
    sent.conversation.refresh_from_db()
    return [message.content for message in sent.conversation.thread()]


def test_an_edit_stands_in_the_place_of_the_old_message(alice: User, provider: Provider) -> None:
    first = ended(alice)
    second = sending.send(alice, first.conversation.id, content="Two")
    end(second.answer, "Good.")
    assert second.question
    edited = sending.send(alice, first.conversation.id, content="Zwei", edits=second.question.id)
    assert edited.question
    assert edited.question.parent_id == first.answer.id
    assert shown(first) == ["One", "Fine.", "Zwei", ""]


def test_the_first_message_can_be_edited(alice: User, provider: Provider) -> None:
    first = ended(alice)
    assert first.question
    edited = sending.send(alice, first.conversation.id, content="Eins", edits=first.question.id)
    assert edited.question
    assert edited.question.parent_id is None
    assert shown(first) == ["Eins", ""]
    assert Message.objects.count() == 4


def test_an_answer_or_a_message_from_elsewhere_cannot_be_edited(alice: User, provider: Provider) -> None:
    first, other = ended(alice), ended(alice)
    assert other.question
    for edits in (first.answer.id, other.question.id, uuid.uuid4()):
        with pytest.raises(NotFound):
            sending.send(alice, first.conversation.id, content="x", edits=edits)


def test_a_regeneration_may_ask_another_model(alice: User, provider: Provider) -> None:
    first = ended(alice)
    other = sending.regenerate(alice, first.conversation.id, first.answer.id, model="beta")
    assert other.answer.model == "beta"
    assert other.answer.parent_id == first.answer.parent_id
    assert shown(first) == ["One", ""]


def test_a_branch_is_shown_as_far_as_its_newest_leaf(alice: User, provider: Provider) -> None:
    first = ended(alice)
    second = sending.send(alice, first.conversation.id, content="Two")
    end(second.answer, "Good.")
    other = sending.regenerate(alice, first.conversation.id, first.answer.id)
    end(other.answer, "Otherwise.")
    assert shown(first) == ["One", "Otherwise."]
    there = sending.show_branch(alice, first.conversation.id, first.answer.id)
    assert there.leaf_id == second.answer.id
    assert shown(first) == ["One", "Fine.", "Two", "Good."]
    sending.show_branch(alice, first.conversation.id, other.answer.id)
    assert shown(first) == ["One", "Otherwise."]


def test_the_next_message_follows_what_is_shown(alice: User, provider: Provider) -> None:
    first = ended(alice)
    end(sending.regenerate(alice, first.conversation.id, first.answer.id).answer, "Otherwise.")
    sending.show_branch(alice, first.conversation.id, first.answer.id)
    sending.send(alice, first.conversation.id, content="Two")
    assert shown(first) == ["One", "Fine.", "Two", ""]


def test_a_foreign_branch_is_not_found(alice: User, bob: User, provider: Provider) -> None:
    first = ended(alice)
    for user, message_id in ((bob, first.answer.id), (alice, uuid.uuid4())):
        with pytest.raises(NotFound):
            sending.show_branch(user, first.conversation.id, message_id)


def test_a_message_knows_its_variants(alice: User, provider: Provider) -> None:
    first = ended(alice)
    other = end(sending.regenerate(alice, first.conversation.id, first.answer.id).answer)
    both = [first.answer.id, other.id]
    assert Message.objects.get(pk=other.pk).variants == both
    first.conversation.refresh_from_db()
    question, answer = first.conversation.thread()
    assert (question.variants, answer.variants) == ([question.id], both)
