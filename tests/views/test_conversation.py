"""The pages and forms of a conversation: they work, they are mine, and they refuse the wrong method."""

import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import sending
from conversations.models import Conversation, Generation, GenerationEvent, Message, Provider

# The same in each process that collects these tests.
NOBODYS = uuid.UUID(int=7)


def begin(user: User, content: str = "What is a tide?") -> sending.Sent:
    return sending.start_conversation(user, content=content)


def end(sent: sending.Sent, content: str) -> None:
    Message.objects.filter(pk=sent.answer.pk).update(status="complete", content=content, finish_reason="stop")
    Generation.objects.filter(message=sent.answer).update(status="complete")


def test_the_front_page_offers_a_new_conversation(as_alice: Client, provider: Provider) -> None:
    response = as_alice.get("/")
    assert response.status_code == 200
    assert b'name="message"' in response.content
    assert b"beta" in response.content


@pytest.mark.parametrize(
    "path",
    ["/", f"/conversations/{NOBODYS}/", "/history/", f"/conversations/{NOBODYS}/export.json"],
)
def test_without_a_session_the_login_page_comes_first(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def test_posting_makes_a_conversation(as_alice: Client, provider: Provider) -> None:
    client_id = uuid.uuid4()
    form = {"message": "What is a tide?", "model": "beta", "client_id": str(client_id)}
    response = as_alice.post("/conversations/", form)
    conversation = Conversation.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"/conversations/{conversation.id}/"
    assert as_alice.post("/conversations/", form)["Location"] == response["Location"]
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"message": ""}, 400),
        ({"message": "   "}, 400),
        ({"message": "x" * 300_000}, 413),
        ({"message": "Kept", "client_id": "nonsense"}, 400),
    ],
    ids=["empty", "blank", "too large", "bad id"],
)
def test_what_cannot_be_sent_returns_with_the_text(
    as_alice: Client, provider: Provider, form: dict[str, str], status: int
) -> None:
    response = as_alice.post("/conversations/", form)
    assert response.status_code == status
    assert form["message"].strip() in response.content.decode()
    assert not Conversation.objects.exists()


def test_the_page_shows_the_conversation(as_alice: Client, alice: User, provider: Provider) -> None:
    sent = begin(alice, "What is <b>this</b>?")
    end(sent, "It is **bold**.")
    page = as_alice.get(f"/conversations/{sent.conversation.id}/").content.decode()
    assert f'id="m-{sent.answer.id}"' in page
    assert 'data-status="complete"' in page
    assert "<strong>bold</strong>" in page
    assert "<b>this</b>" not in page


def test_footnotes_of_two_answers_do_not_meet(as_alice: Client, alice: User, provider: Provider) -> None:
    sent = begin(alice)
    end(sent, "One[^1].\n\n[^1]: Note")
    sent = sending.send(alice, sent.conversation.id, content="And?", client_id=uuid.uuid4())
    end(sent, "Two[^1].\n\n[^1]: Note")
    page = as_alice.get(f"/conversations/{sent.conversation.id}/").content.decode()
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_running_answer_is_on_the_page_up_to_that_moment(
    as_alice: Client, alice: User, provider: Provider
) -> None:
    sent = begin(alice)
    generation = Generation.objects.get()
    Message.objects.filter(pk=sent.answer.pk).update(status="streaming")
    Generation.objects.update(status="streaming", lease_until=Generation.lease_end(30))
    for seq, text in ((1, "Done.\n\n"), (2, "Half a sen")):
        GenerationEvent.objects.create(generation=generation, seq_from=seq, seq_to=seq, content=text)
    page = as_alice.get(f"/conversations/{sent.conversation.id}/").content.decode()
    assert "Half a sen" in page
    assert 'data-seq="2"' in page
    assert 'data-status="streaming"' in page


def test_a_foreign_conversation_looks_like_a_missing_one(
    as_bob: Client, alice: User, provider: Provider
) -> None:
    sent = begin(alice)
    before = Message.objects.count()
    for place in (sent.conversation.id, uuid.uuid4()):
        base = f"/conversations/{place}/"
        assert as_bob.get(base).status_code == 404
        assert as_bob.get(f"{base}export.json").status_code == 404
        assert as_bob.get(f"{base}export.md").status_code == 404
        assert as_bob.post(f"{base}messages/", {"message": "x"}).status_code == 404
        assert as_bob.post(f"{base}messages/{sent.answer.id}/stop/").status_code == 404
        assert as_bob.post(f"{base}messages/{sent.answer.id}/retry/").status_code == 404
    assert Message.objects.count() == before
    assert Generation.objects.get().status == "queued"


def test_sending_by_form_follows_what_is_shown(as_alice: Client, alice: User, provider: Provider) -> None:
    sent = begin(alice)
    end(sent, "Water.")
    response = as_alice.post(f"/conversations/{sent.conversation.id}/messages/", {"message": "And ebb?"})
    assert response.status_code == 303
    assert Message.objects.filter(role="user").count() == 2


def test_sending_while_an_answer_runs_keeps_the_text(
    as_alice: Client, alice: User, provider: Provider
) -> None:
    sent = begin(alice)
    response = as_alice.post(f"/conversations/{sent.conversation.id}/messages/", {"message": "Impatient"})
    assert response.status_code == 409
    assert "Impatient" in response.content.decode()


def test_stopping_by_form(as_alice: Client, alice: User, provider: Provider) -> None:
    sent = begin(alice)
    response = as_alice.post(f"/conversations/{sent.conversation.id}/messages/{sent.answer.id}/stop/")
    assert response.status_code == 303
    assert Message.objects.get(pk=sent.answer.pk).status == "stopped"


def test_retrying_by_form_makes_a_variant(as_alice: Client, alice: User, provider: Provider) -> None:
    sent = begin(alice)
    sending.stop(alice, sent.conversation.id, sent.answer.id)
    response = as_alice.post(f"/conversations/{sent.conversation.id}/messages/{sent.answer.id}/retry/")
    assert response.status_code == 303
    variants = Message.objects.filter(parent=sent.question, role="assistant")
    assert variants.count() == 2


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/conversations/"), ("post", "/"), ("get", f"/conversations/{NOBODYS}/messages/")],
)
def test_the_wrong_method_is_refused(as_alice: Client, method: str, path: str) -> None:
    assert getattr(as_alice, method)(path).status_code == 405


def test_pages_carry_a_strict_policy_and_stay_out_of_caches(as_alice: Client, provider: Provider) -> None:
    response = as_alice.get("/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "no-store" in response["Cache-Control"]


def test_the_page_costs_a_fixed_number_of_queries(
    as_alice: Client, alice: User, provider: Provider, django_assert_max_num_queries: object
) -> None:
    sent = begin(alice)
    end(sent, "One.")
    for number in range(12):
        sent = sending.send(alice, sent.conversation.id, content=f"Question {number}")
        end(sent, f"Answer {number}")
        begin(alice, f"Other {number}")
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        as_alice.get(f"/conversations/{sent.conversation.id}/")
