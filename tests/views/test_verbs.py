"""Every verb as a plain form: it works, it is mine alone, and only by POST."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import sending
from conversations.drafts import draft_of
from conversations.models import Message, Provider, QueuedMessage
from tests.verbs.endings import end, ended


def address(sent: sending.Sent, rest: str) -> str:
    return f"/conversations/{sent.conversation.id}/{rest}/"


@pytest.fixture
def stopped(alice: User, provider: Provider) -> sending.Sent:
    return ended(alice, "Half", "stopped")


@pytest.fixture
def waiting(alice: User, provider: Provider) -> tuple[sending.Sent, uuid.UUID]:
    sent, client_id = sending.start_conversation(alice, content="One"), uuid.uuid4()
    sending.queue(alice, sent.conversation.id, content="Two", client_id=client_id)
    return sent, client_id


def test_an_answer_is_continued(as_alice: Client, stopped: sending.Sent) -> None:
    response = as_alice.post(address(stopped, f"messages/{stopped.answer.id}/continue"))
    assert response.status_code == 303
    assert response["Location"].endswith(f"#m-{stopped.answer.id}")
    assert Message.objects.get(pk=stopped.answer.pk).status == "queued"


def test_a_whole_answer_is_not_continued_and_the_page_says_so(
    as_alice: Client, alice: User, provider: Provider
) -> None:
    sent = ended(alice)
    response = as_alice.post(address(sent, f"messages/{sent.answer.id}/continue"))
    assert response.status_code == 400
    assert "cannot be continued" in response.content.decode()


def test_another_model_is_asked_for_another_answer(as_alice: Client, stopped: sending.Sent) -> None:
    path = address(stopped, f"messages/{stopped.answer.id}/regenerate")
    assert as_alice.post(path, {"model": "beta"}).status_code == 303
    stopped.conversation.refresh_from_db()
    shown = stopped.conversation.active_leaf
    assert shown
    assert (shown.model, shown.parent) == ("beta", stopped.question)


def test_a_branch_is_shown(as_alice: Client, alice: User, stopped: sending.Sent) -> None:
    end(sending.retry(alice, stopped.conversation.id, stopped.answer.id).answer)
    assert as_alice.post(address(stopped, f"messages/{stopped.answer.id}/show")).status_code == 303
    stopped.conversation.refresh_from_db()
    assert stopped.conversation.active_leaf == stopped.answer
    export = as_alice.get(f"/conversations/{stopped.conversation.id}/export.json").json()
    assert export["active"] == str(stopped.answer.id)


def test_a_message_is_edited(as_alice: Client, stopped: sending.Sent) -> None:
    assert stopped.question
    page = as_alice.get(f"/conversations/{stopped.conversation.id}/?edit={stopped.question.id}")
    assert page.context["composer"]["edits"].value() == str(stopped.question.id)
    assert page.context["composer"]["message"].value() == "One"
    form = {"message": "Eins", "edits": str(stopped.question.id)}
    assert as_alice.post(address(stopped, "messages"), form).status_code == 303
    edited = Message.objects.get(content="Eins")
    assert edited.parent is None
    for nonsense in ("x", uuid.uuid4(), stopped.answer.id):
        page = as_alice.get(f"/conversations/{stopped.conversation.id}/?edit={nonsense}")
        assert page.context["composer"]["edits"].value() is None


def test_a_message_is_queued_while_an_answer_runs(
    as_alice: Client, waiting: tuple[sending.Sent, uuid.UUID]
) -> None:
    sent, _ = waiting
    response = as_alice.post(address(sent, "messages"), {"message": "Three", "queue": "1"})
    assert response.status_code == 303
    assert [row.content for row in QueuedMessage.objects.in_order()] == ["Two", "Three"]


def test_what_waits_is_edited_sent_and_removed(
    as_alice: Client, waiting: tuple[sending.Sent, uuid.UUID]
) -> None:
    sent, client_id = waiting
    assert as_alice.post(address(sent, f"queue/{client_id}/edit"), {"content": "Zwei"}).status_code == 303
    assert QueuedMessage.objects.get().content == "Zwei"
    assert as_alice.post(address(sent, f"queue/{client_id}/edit"), {"content": " "}).status_code == 400
    assert as_alice.post(address(sent, f"queue/{client_id}/send")).status_code == 409
    end(sent.answer)
    assert as_alice.post(address(sent, f"queue/{client_id}/send")).status_code == 303
    assert Message.objects.filter(content="Zwei").exists()
    assert as_alice.post(address(sent, f"queue/{client_id}/edit"), {"content": "x"}).status_code == 404
    assert as_alice.post(address(sent, f"queue/{client_id}/remove")).status_code == 303


def test_stopping_what_was_queued_sends_the_next(
    as_alice: Client, waiting: tuple[sending.Sent, uuid.UUID]
) -> None:
    sent, _ = waiting
    assert as_alice.post(address(sent, f"messages/{sent.answer.id}/stop")).status_code == 303
    assert Message.objects.filter(content="Two").exists()


def test_drafts_are_saved(as_alice: Client, alice: User, stopped: sending.Sent) -> None:
    assert as_alice.post("/draft/", {"content": "New"}).status_code == 204
    assert as_alice.post(address(stopped, "draft"), {"content": "Old"}).status_code == 204
    assert (draft_of(alice, None), draft_of(alice, stopped.conversation)) == ("New", "Old")
    response = as_alice.post("/draft/", {"content": "x" * 300_000})
    assert (response.status_code, draft_of(alice, None)) == (413, "New")


@pytest.mark.parametrize("verb", ["stop", "retry", "regenerate", "continue", "show"])
def test_answers_are_mine_alone(as_alice: Client, as_bob: Client, stopped: sending.Sent, verb: str) -> None:
    path = address(stopped, f"messages/{stopped.answer.id}/{verb}")
    assert as_bob.post(path).status_code == 404
    assert as_alice.post(address(stopped, f"messages/{uuid.uuid4()}/{verb}")).status_code == 404
    assert as_alice.get(path).status_code == 405


@pytest.mark.parametrize("verb", ["edit", "remove", "send"])
def test_the_queue_is_mine_alone(
    as_alice: Client, as_bob: Client, waiting: tuple[sending.Sent, uuid.UUID], verb: str
) -> None:
    sent, client_id = waiting
    assert as_bob.post(address(sent, f"queue/{client_id}/{verb}"), {"content": "x"}).status_code == 404
    assert as_alice.get(address(sent, f"queue/{client_id}/{verb}")).status_code == 405
    assert QueuedMessage.objects.get().content == "Two"


def test_drafts_are_mine_alone(as_bob: Client, stopped: sending.Sent) -> None:
    assert as_bob.post(address(stopped, "draft"), {"content": "x"}).status_code == 404
    assert as_bob.get("/draft/").status_code == 405
