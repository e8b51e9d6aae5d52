"""A link to what was said then: for whom, for how long, and nothing of the owner but the text."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from conversations import trash
from conversations.models import Conversation, Message, Share
from tests.transfer.test_archive import make


@pytest.fixture
def talk(alice: User) -> Conversation:
    talk = make(alice, "Tides", system_prompt="Secret instructions", parameters={"seed": 4711})
    Message.objects.filter(conversation=talk, model="alpha").update(
        reasoning="Secret thoughts", usage={"total_tokens": 987_654}, model="secret-model"
    )
    return talk


def share(client: Client, talk: Conversation, **fields: Any) -> Share:
    """With what the form has ticked at first taken off."""
    asked = {"title": "Tides", "days": "30", **fields}
    response = client.post(f"{talk.get_absolute_url()}share/", asked)
    assert response.status_code == 303, response.content.decode()
    made = Share.objects.latest("pk")
    assert response["Location"] == f"/account/shares/#link-{made.pk}"
    return made


def text(client: Client, shared: Share) -> str:
    response = client.get(shared.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_anybody_with_the_link_reads_the_text_and_nothing_else(
    client: Client, as_alice: Client, talk: Conversation
) -> None:
    made = share(as_alice, talk)
    response = client.get(made.get_absolute_url())
    page = response.content.decode()
    assert "Hello?" in page
    assert "Hello, <em>Alice</em>." in page
    for private in ("Secret", "secret-model", "987", "4711", "alice", str(talk.id), str(talk.active_leaf_id)):
        assert private not in page, private
    assert "Another branch" not in page
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "private, no-store"
    assert "<script" not in page
    assert len(made.token) == 43


def test_reasoning_and_instructions_only_where_chosen(
    client: Client, as_alice: Client, talk: Conversation
) -> None:
    page = text(client, share(as_alice, talk, with_reasoning="on", with_instructions="on"))
    assert "Secret thoughts" in page
    assert "Secret instructions" in page


def test_what_is_said_later_does_not_appear(client: Client, as_alice: Client, talk: Conversation) -> None:
    made = share(as_alice, talk)
    before = text(client, made)
    Message.objects.filter(conversation=talk).update(content="Changed")
    Conversation.objects.update(title="Changed", system_prompt="Changed")
    assert text(client, made) == before


def test_a_branch_can_be_chosen(client: Client, as_alice: Client, talk: Conversation) -> None:
    other = Message.objects.get(content="Another branch")
    form = as_alice.get(f"{talk.get_absolute_url()}share/?leaf={other.id}").content.decode()
    assert f'value="{other.id}"' in form
    page = text(client, share(as_alice, talk, leaf=str(other.id)))
    assert "Another branch" in page
    assert "<em>Alice</em>" not in page


def test_with_sign_in_only_people_with_an_account(
    client: Client, as_alice: Client, as_bob: Client, talk: Conversation
) -> None:
    made = share(as_alice, talk, needs_sign_in="on")
    assert client.get(made.get_absolute_url())["Location"].startswith("/accounts/login/?next=/share/")
    assert "Hello?" in text(as_bob, made)


def test_gone_is_gone_whyever(client: Client, as_alice: Client, alice: User, talk: Conversation) -> None:
    unknown = client.get(f"/share/{'x' * 43}/")
    made = [share(as_alice, talk) for _ in range(2)]
    Share.objects.filter(pk=made[0].pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    as_alice.post(f"/account/shares/{made[1].pk}/revoke/")
    last = share(as_alice, talk)
    for gone in made:
        response = client.get(gone.get_absolute_url())
        assert (response.status_code, response.content) == (404, unknown.content)
    alice.is_active = False
    alice.save()
    assert client.get(last.get_absolute_url()).status_code == 404
    alice.is_active = True
    alice.save()
    trash.put(alice, [talk.id])
    assert client.get(last.get_absolute_url()).status_code == 404
    trash.empty(alice)
    assert not Share.objects.exists()


def test_a_message_has_a_link_to_share_what_leads_to_it(
    client: Client, as_alice: Client, talk: Conversation
) -> None:
    question, answer = talk.thread()
    page = as_alice.get(talk.get_absolute_url()).content.decode()
    for message in (question, answer):
        assert f'href="{talk.get_absolute_url()}share/?leaf={message.id}" title="Share up to here"' in page
    form = as_alice.get(f"{talk.get_absolute_url()}share/?leaf={question.id}").content.decode()
    assert '<q dir="auto">Hello?</q>' in form
    assert f'name="leaf" value="{question.id}"' in form
    shown = text(client, share(as_alice, talk, leaf=str(question.id)))
    assert "Hello?" in shown
    assert "Hello, <em>Alice</em>." not in shown
    assert as_alice.get(f"{talk.get_absolute_url()}share/?leaf=x").status_code == 200


def test_a_copy_goes_on_and_comes_once(
    as_alice: Client, as_bob: Client, bob: User, talk: Conversation
) -> None:
    made = share(as_alice, talk)
    address = f"{made.get_absolute_url()}copy/"
    assert "Continue as a copy" in text(as_bob, made)
    first, second = as_bob.post(address), as_bob.post(address)
    assert first.status_code == 303
    assert first["Location"] == second["Location"]
    mine = Conversation.objects.of(bob).get()
    assert [(m.role, m.content, m.model, m.usage) for m in mine.thread()] == [
        ("user", "Hello?", "", None),
        ("assistant", "Hello, *Alice*.", "", None),
    ]
    assert (mine.title, mine.system_prompt, mine.parameters) == ("Tides", "", {})
    assert as_bob.get(mine.get_absolute_url()).status_code == 200
    trash.put(bob, [mine.id])
    assert as_bob.post(address)["Location"] != first["Location"]


def test_the_list_shows_only_mine(
    client: Client, as_alice: Client, as_bob: Client, talk: Conversation
) -> None:
    made = share(as_alice, talk, title="Mine <b>")
    address = made.get_absolute_url()
    assert f"http://testserver{address}" in as_alice.get("/account/shares/").content.decode()
    assert "Mine &lt;b&gt;" in as_alice.get("/account/shares/").content.decode()
    assert address not in as_bob.get("/account/shares/").content.decode()
    for path in (f"{talk.get_absolute_url()}share/", f"/account/shares/{made.pk}/revoke/"):
        assert as_bob.post(path, {"days": "0"}).status_code == 404
        assert client.post(path).status_code == 302
    assert as_alice.get(f"/account/shares/{made.pk}/revoke/").status_code == 405
    assert as_alice.post("/account/shares/").status_code == 405
    assert as_alice.post(address).status_code == 405
    assert as_alice.get(f"{address}copy/").status_code == 405
    assert client.post(f"{address}copy/").status_code == 302


def test_what_makes_no_sense_shares_nothing(as_alice: Client, as_bob: Client, alice: User, bob: User) -> None:
    empty = Conversation.objects.create(owner=alice, title="Empty")
    assert (
        "nothing to share yet"
        in as_alice.post(f"{empty.get_absolute_url()}share/", {"days": "0"}).content.decode()
    )
    talk, theirs = make(alice, "T"), make(bob, "Theirs")
    path = f"{talk.get_absolute_url()}share/"
    for wrong, status in (({}, 400), ({"days": "5"}, 400), ({"days": "0", "leaf": "x"}, 400)):
        assert as_alice.post(path, wrong).status_code == status
    assert as_alice.post(path, {"days": "0", "leaf": str(theirs.active_leaf_id)}).status_code == 404
    assert not Share.objects.exists()
