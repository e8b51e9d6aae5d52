"""Continue lets the last answer of a branch go on: the same message, under a request of its own."""

import uuid

import pytest
from django.contrib.auth.models import User

from conversations import sending
from conversations.models import Generation, Message, Provider
from conversations.refusals import Busy, Invalid, NotFound
from tests.verbs.endings import end, ended


def go_on(user: User, sent: sending.Sent, **how: object) -> sending.Sent:
    return sending.continue_answer(user, sent.conversation.id, sent.answer.id, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "how",
    [
        {"status": "stopped"},
        {"status": "interrupted", "error": "It broke off."},
        {"status": "failed", "error": "It broke.", "error_kind": "server"},
        {"status": "complete", "finish_reason": "length"},
    ],
    ids=lambda how: how["status"],
)
def test_what_broke_off_goes_on_in_the_same_message(
    alice: User, provider: Provider, how: dict[str, str]
) -> None:
    sent = ended(alice, "Half", stopped_in_ms=3, **how)
    again = go_on(alice, sent, client_id=uuid.uuid4())
    assert again.goes_on
    answer = Message.objects.get(pk=sent.answer.pk)
    assert answer.stopped_in_ms is None
    assert (answer.status, answer.content, answer.error, answer.error_kind) == ("queued", "Half", "", "")
    first, second = Generation.objects.order_by("created_at", "id")
    assert (first.status, second.status) == (how["status"], "queued")
    assert (second.purpose, second.message, second.first_seq) == ("continue", answer, 5)
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    "how",
    [
        {"status": "complete", "finish_reason": "stop"},
        {"status": "stopped", "content": ""},
        {"status": "stopped", "content": " \n"},
        {"status": "stopped", "refusal": "No."},
        {"status": "interrupted", "tool_calls": [{"name": "look", "arguments": "{"}]},
    ],
    ids=["complete", "no text", "blank", "refused", "a call"],
)
def test_what_cannot_go_on_is_refused_and_stays(alice: User, provider: Provider, how: dict[str, str]) -> None:
    sent = ended(alice, **how)
    with pytest.raises(Invalid):
        go_on(alice, sent)
    assert Message.objects.get(pk=sent.answer.pk).status == how["status"]
    assert Generation.objects.count() == 1


def test_only_the_last_answer_goes_on(alice: User, provider: Provider) -> None:
    sent = ended(alice, "Half", "stopped")
    end(sending.send(alice, sent.conversation.id, content="Two").answer)
    with pytest.raises(Invalid, match="last"):
        go_on(alice, sent)


def test_a_question_or_a_foreign_answer_is_not_found(alice: User, bob: User, provider: Provider) -> None:
    sent = ended(alice, "Half", "stopped")
    with pytest.raises(NotFound):
        sending.continue_answer(alice, sent.conversation.id, sent.question.id)  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        go_on(bob, sent)


def test_the_same_client_id_continues_once(alice: User, provider: Provider) -> None:
    sent = ended(alice, "Half", "stopped")
    client_id = uuid.uuid4()
    go_on(alice, sent, client_id=client_id)
    again = go_on(alice, sent, client_id=client_id)
    assert again.repeated
    end(sent.answer, "Half and more", "stopped")
    assert go_on(alice, sent, client_id=client_id).repeated
    assert sending.retry(alice, sent.conversation.id, sent.answer.id, client_id=client_id).repeated
    assert Generation.objects.count() == 2


def test_it_runs_alone(alice: User, provider: Provider) -> None:
    sent = ended(alice, "Half", "stopped")
    go_on(alice, sent)
    with pytest.raises(Busy):
        sending.send(alice, sent.conversation.id, content="Two")
    with pytest.raises(Busy):
        go_on(alice, sent)


def test_who_has_begun_goes_on_and_the_next_question_goes_where_it_would_have(
    alice: User, provider: Provider
) -> None:
    sent = ended(alice, "Half", "stopped")
    type(sent.conversation).objects.update(model="beta")
    go_on(alice, sent)
    assert Generation.objects.order_by("created_at", "id").last().model_requested == "alpha"  # type: ignore[union-attr]
    sent.conversation.refresh_from_db()
    assert sent.conversation.model == "beta"


def test_another_model_may_go_on(alice: User, provider: Provider) -> None:
    sent = ended(alice, "Half", "stopped")
    go_on(alice, sent, model="beta")
    assert Generation.objects.order_by("created_at", "id").last().model_requested == "beta"  # type: ignore[union-attr]
    sent.conversation.refresh_from_db()
    assert sent.conversation.model == "beta"


def test_stopped_before_it_began_it_may_go_on_again(alice: User, provider: Provider) -> None:
    sent = ended(alice, "Half", "complete", finish_reason="length")
    go_on(alice, sent)
    sending.stop(alice, sent.conversation.id, sent.answer.id)
    answer = Message.objects.get(pk=sent.answer.pk)
    assert (answer.status, answer.content) == ("stopped", "Half")
    go_on(alice, sent)
