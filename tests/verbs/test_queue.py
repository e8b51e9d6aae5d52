"""A message written while an answer runs waits on the server, and is sent when its turn has come."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections

from conversations import sending
from conversations.drafts import draft_of, save_draft
from conversations.limits import MAX_MESSAGE_BYTES
from conversations.models import Conversation, Message, Provider, QueuedMessage
from conversations.refusals import Busy, Invalid, NotFound, RateLimited, TooLarge
from conversations.sending import queueing
from tests.verbs.endings import end, ended


@pytest.fixture
def running(alice: User, provider: Provider) -> sending.Sent:
    return sending.start_conversation(alice, content="One")


def wait(user: User, sent: sending.Sent, content: str, client_id: uuid.UUID | None = None) -> sending.Queued:
    return sending.queue(
        user, sent.conversation.id, content=content, client_id=client_id or uuid.uuid4(), model="beta"
    )


def waiting() -> list[str]:
    return list(QueuedMessage.objects.in_order().values_list("content", flat=True))


def asked() -> list[str]:
    return list(Message.objects.in_order().filter(role="user").values_list("content", flat=True))


def test_it_waits_while_an_answer_runs(alice: User, running: sending.Sent) -> None:
    assert wait(alice, running, "Two").sent is None
    wait(alice, running, "Three")
    assert (waiting(), asked()) == (["Two", "Three"], ["One"])


def test_it_is_sent_at_once_when_nothing_runs(alice: User, provider: Provider) -> None:
    sent = ended(alice)
    queued = wait(alice, sent, "Two")
    assert queued.sent is not None
    assert queued.sent.answer.model == "beta"
    assert (waiting(), asked()) == ([], ["One", "Two"])


@pytest.mark.parametrize("status", ["complete", "stopped", "interrupted"])
def test_after_the_end_they_are_sent_one_by_one_in_order(
    alice: User, running: sending.Sent, status: str
) -> None:
    wait(alice, running, "Two")
    wait(alice, running, "Three")
    assert sending.send_next(running.conversation.id) is None
    end(running.answer, status=status)
    advance = sending.send_next(running.conversation.id)
    assert advance
    assert advance.sent
    assert advance.sent.question
    assert advance.sent.question.parent == running.answer
    assert (waiting(), asked()) == (["Three"], ["One", "Two"])
    assert sending.send_next(running.conversation.id) is None
    end(advance.sent.answer)
    sending.send_next(running.conversation.id)
    assert asked() == ["One", "Two", "Three"]


def test_a_new_one_does_not_overtake_what_is_about_to_be_sent(alice: User, running: sending.Sent) -> None:
    wait(alice, running, "Two")
    end(running.answer)
    wait(alice, running, "Three")
    assert (waiting(), asked()) == (["Three"], ["One", "Two"])


def test_after_a_failure_it_is_held_until_its_author_sends_it(alice: User, running: sending.Sent) -> None:
    client_id = uuid.uuid4()
    wait(alice, running, "Two", client_id)
    wait(alice, running, "Three")
    end(running.answer, "", "failed", error="No.")
    advance = sending.send_next(running.conversation.id)
    assert advance
    assert advance.sent is None
    assert QueuedMessage.objects.in_order()[0].held == queueing.AFTER_FAILURE
    assert sending.send_next(running.conversation.id) is None
    assert sending.ready_to_advance() == []
    assert sending.send_queued(alice, running.conversation.id, client_id).sent
    assert (waiting(), asked()) == (["Three"], ["One", "Two"])


def test_what_is_refused_at_its_turn_is_held_with_the_reason(
    alice: User, running: sending.Sent, limits: dict[str, int]
) -> None:
    wait(alice, running, "Two")
    end(running.answer)
    limits["rate_limit_messages"] = 1
    sending.send_next(running.conversation.id)
    [held] = QueuedMessage.objects.all()
    assert held.held.startswith("You have sent 1 messages")
    with pytest.raises(RateLimited):
        sending.send_queued(alice, running.conversation.id, held.client_id)
    assert asked() == ["One"]
    limits["rate_limit_messages"] = 0
    sending.send_queued(alice, running.conversation.id, held.client_id)
    assert (waiting(), asked()) == ([], ["One", "Two"])


def test_it_can_be_changed_and_taken_back(alice: User, running: sending.Sent) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    wait(alice, running, "Two", first)
    wait(alice, running, "Three", second)
    sending.edit_queued(alice, running.conversation.id, first, "Zwei")
    sending.remove_queued(alice, running.conversation.id, second)
    sending.remove_queued(alice, running.conversation.id, second)
    assert waiting() == ["Zwei"]
    with pytest.raises(Busy):
        sending.send_queued(alice, running.conversation.id, first)
    with pytest.raises(NotFound):
        sending.edit_queued(alice, running.conversation.id, second, "Drei")
    with pytest.raises(Invalid):
        sending.edit_queued(alice, running.conversation.id, first, " ")
    assert waiting() == ["Zwei"]


def test_the_same_client_id_is_one_message_whichever_way_it_comes(alice: User, running: sending.Sent) -> None:
    client_id = uuid.uuid4()
    wait(alice, running, "Two", client_id)
    wait(alice, running, "Two", client_id)
    assert waiting() == ["Two"]
    end(running.answer)
    sent = sending.send(alice, running.conversation.id, content="Two", client_id=client_id)
    assert waiting() == []
    again = wait(alice, running, "Two", client_id)
    assert again.sent
    assert again.sent.repeated
    assert again.sent.answer == sent.answer
    assert asked() == ["One", "Two"]


def test_there_is_a_limit(alice: User, running: sending.Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "MOST", 1)
    wait(alice, running, "Two")
    with pytest.raises(RateLimited):
        wait(alice, running, "Three")
    with pytest.raises(TooLarge):
        wait(alice, running, "x" * (MAX_MESSAGE_BYTES + 1))
    assert waiting() == ["Two"]


def test_a_foreign_queue_looks_like_a_missing_one(alice: User, bob: User, running: sending.Sent) -> None:
    client_id, conversation_id = uuid.uuid4(), running.conversation.id
    wait(alice, running, "Two", client_id)
    for attempt in (
        lambda: wait(bob, running, "x"),
        lambda: sending.edit_queued(bob, conversation_id, client_id, "x"),
        lambda: sending.remove_queued(bob, conversation_id, client_id),
        lambda: sending.send_queued(bob, conversation_id, client_id),
    ):
        with pytest.raises(NotFound, match="no such conversation"):
            attempt()
    assert waiting() == ["Two"]


def test_stopping_all_lets_nothing_follow(alice: User, running: sending.Sent) -> None:
    wait(alice, running, "Two")
    [stopping] = sending.stop_all(running.conversation, "It was put away.")
    assert stopping.ended
    assert sending.send_next(running.conversation.id) is None
    assert QueuedMessage.objects.get().held == "It was put away."


def test_in_the_trash_nothing_is_sent(alice: User, running: sending.Sent) -> None:
    wait(alice, running, "Two")
    end(running.answer)
    Conversation.objects.update(trashed_at="2026-01-01T00:00Z")
    sending.send_next(running.conversation.id)
    assert QueuedMessage.objects.get().held == queueing.IN_TRASH


def test_what_waits_is_no_draft_any_more(alice: User, running: sending.Sent) -> None:
    save_draft(alice, running.conversation.id, "Two")
    assert wait(alice, running, "Two").draft_cleared
    assert draft_of(alice, running.conversation) == ""


@pytest.mark.django_db(transaction=True)
def test_of_many_that_send_the_next_one_one_does(alice: User, running: sending.Sent) -> None:
    for content in ("Two", "Three"):
        wait(alice, running, content)
    end(running.answer)

    def look(_: int) -> bool:
        try:
            advance = sending.send_next(running.conversation.id)
            return advance is not None and advance.sent is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(look, range(24))) == 1
    connection.close()
    assert (waiting(), asked()) == (["Three"], ["One", "Two"])
