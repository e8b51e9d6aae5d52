"""Send writes the question, the empty answer and the queued request together, or nothing at all."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections

from conversations import sending
from conversations.limits import MAX_MESSAGE_BYTES
from conversations.models import Conversation, Generation, Message, Provider
from conversations.refusals import Busy, Invalid, NotFound, NoUpstream, RateLimited, TooLarge


def rows() -> tuple[int, int, int]:
    return Conversation.objects.count(), Message.objects.count(), Generation.objects.count()


def finish(answer: Message, content: str = "Fine.") -> None:
    """Ends an answer as a runner would have."""
    Message.objects.filter(pk=answer.pk).update(status="complete", content=content)
    Generation.objects.filter(message=answer).update(status="complete")


def test_a_first_message_makes_the_conversation(alice: User, provider: Provider) -> None:
    sent = sending.start_conversation(alice, content="What is a **tide**?", model="beta")

    assert sent.question is not None
    assert (sent.question.content, sent.question.role, sent.question.status) == (
        "What is a **tide**?",
        "user",
        "complete",
    )
    assert (sent.answer.parent, sent.answer.status, sent.answer.model) == (sent.question, "queued", "beta")
    assert sent.answer.created_at > sent.question.created_at
    conversation = Conversation.objects.get()
    assert conversation.active_leaf == sent.answer
    assert conversation.title == "What is a tide?"
    generation = Generation.objects.get()
    assert (generation.status, generation.user_name, generation.provider_name) == (
        "queued",
        "alice",
        "scripted",
    )


def test_the_default_model_answers_who_names_none(alice: User, provider: Provider) -> None:
    assert sending.start_conversation(alice, content="Hello").answer.model == "alpha"


def test_the_next_message_follows_what_is_shown(alice: User, provider: Provider) -> None:
    first = sending.start_conversation(alice, content="One", model="beta")
    finish(first.answer)
    second = sending.send(alice, first.conversation.id, content="Two", client_id=uuid.uuid4())
    assert second.question is not None
    assert second.question.parent == first.answer
    assert second.answer.model == "beta"


def test_a_parent_makes_a_branch(alice: User, provider: Provider) -> None:
    first = sending.start_conversation(alice, content="One")
    finish(first.answer)
    second = sending.send(alice, first.conversation.id, content="Two", client_id=uuid.uuid4())
    finish(second.answer)
    other = sending.send(
        alice, first.conversation.id, content="Two!", client_id=uuid.uuid4(), parent_id=first.answer.id
    )
    first.conversation.refresh_from_db()
    shown = [message.content for message in first.conversation.thread()]
    assert shown == ["One", "Fine.", "Two!", ""]
    assert other.answer.id == first.conversation.active_leaf_id


def test_the_same_client_id_is_one_message(alice: User, provider: Provider) -> None:
    first = sending.start_conversation(alice, content="One")
    finish(first.answer)
    client_id = uuid.uuid4()
    sent = sending.send(alice, first.conversation.id, content="Two", client_id=client_id)
    again = sending.send(alice, first.conversation.id, content="Two", client_id=client_id)
    assert again.repeated
    assert (again.question, again.answer) == (sent.question, sent.answer)
    assert rows() == (1, 4, 2)


def test_the_same_form_makes_one_conversation(alice: User, provider: Provider) -> None:
    client_id = uuid.uuid4()
    sent = sending.start_conversation(alice, content="One", client_id=client_id)
    again = sending.start_conversation(alice, content="One", client_id=client_id)
    assert again.repeated
    assert again.conversation == sent.conversation
    assert rows() == (1, 2, 1)


def test_while_an_answer_runs_the_next_is_refused(alice: User, provider: Provider) -> None:
    first = sending.start_conversation(alice, content="One")
    with pytest.raises(Busy) as refusal:
        sending.send(alice, first.conversation.id, content="Two", client_id=uuid.uuid4())
    assert refusal.value.message_id == first.answer.id
    assert rows() == (1, 2, 1)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [("", Invalid), (" \n\t", Invalid), ("é" * (MAX_MESSAGE_BYTES // 2 + 1), TooLarge)],
    ids=["empty", "blank", "too large"],
)
def test_what_cannot_be_sent_changes_nothing(
    alice: User, provider: Provider, content: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        sending.start_conversation(alice, content=content)
    assert rows() == (0, 0, 0)


def test_without_a_provider_it_says_so(alice: User) -> None:
    with pytest.raises(NoUpstream):
        sending.start_conversation(alice, content="Hello")
    assert rows() == (0, 0, 0)


def test_a_foreign_conversation_looks_like_a_missing_one(alice: User, bob: User, provider: Provider) -> None:
    sent = sending.start_conversation(alice, content="Mine")
    finish(sent.answer)
    for attempt in (
        lambda: sending.send(bob, sent.conversation.id, content="x", client_id=uuid.uuid4()),
        lambda: sending.retry(bob, sent.conversation.id, sent.answer.id),
        lambda: sending.stop(bob, sent.conversation.id, sent.answer.id),
        lambda: sending.send(bob, uuid.uuid4(), content="x", client_id=uuid.uuid4()),
    ):
        with pytest.raises(NotFound) as refusal:
            attempt()
        assert str(refusal.value) == "There is no such conversation."


def test_a_parent_from_elsewhere_is_refused(alice: User, provider: Provider) -> None:
    first = sending.start_conversation(alice, content="One")
    second = sending.start_conversation(alice, content="Two")
    finish(second.answer)
    with pytest.raises(NotFound):
        sending.send(alice, second.conversation.id, content="x", parent_id=first.answer.id)


def test_nul_and_half_surrogates_do_not_reach_the_database(alice: User, provider: Provider) -> None:
    sent = sending.start_conversation(alice, content="a\0b\ud83dc")
    assert Message.objects.get(pk=sent.question.pk).content == "a\ufffdb?c"  # type: ignore[union-attr]


def test_too_many_messages_within_a_minute_are_refused(
    alice: User, provider: Provider, limits: dict[str, int]
) -> None:
    limits["rate_limit_messages"] = 2
    sending.start_conversation(alice, content="One")
    sending.start_conversation(alice, content="Two")
    with pytest.raises(RateLimited):
        sending.start_conversation(alice, content="Three")
    assert rows() == (2, 4, 2)


def test_too_many_answers_at_once_are_refused(
    alice: User, provider: Provider, limits: dict[str, int]
) -> None:
    limits["max_running_per_user"] = 1
    first = sending.start_conversation(alice, content="One")
    with pytest.raises(RateLimited):
        sending.start_conversation(alice, content="Two")
    finish(first.answer)
    sending.start_conversation(alice, content="Three")


@pytest.mark.django_db(transaction=True)
def test_thirty_simultaneous_sends_make_one_answer(alice: User, provider: Provider) -> None:
    first = sending.start_conversation(alice, content="One")
    finish(first.answer)
    client_id = uuid.uuid4()

    def press(_: int) -> uuid.UUID:
        try:
            return sending.send(alice, first.conversation.id, content="Two", client_id=client_id).answer.id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(press, range(30)))
    connection.close()
    assert len(answers) == 1
    assert rows() == (1, 4, 2)
