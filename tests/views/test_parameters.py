"""Instructions and parameters of a conversation by plain forms: kept, refused in words, mine alone."""

import json
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import sending
from conversations.models import Conversation, Generation, Message, OfferedModel, Provider

FILLED = {
    "system_prompt": "Be brief.\r\nBe kind.",
    "temperature": "0,2",
    "max_tokens": "300",
    "top_p": "",
    "seed": "7",
    "reasoning_effort": "low",
    "stop": "END\r\n\\n\\n",
}
CLEAN = {"temperature": 0.2, "max_tokens": 300, "stop": ["END", "\n\n"], "seed": 7, "reasoning_effort": "low"}


@pytest.fixture
def talk(alice: User, provider: Provider) -> Conversation:
    """A conversation with one answer that has ended."""
    sent = sending.start_conversation(alice, content="Hello", parameters={"temperature": 1.5})
    Message.objects.filter(pk=sent.answer.pk).update(status="complete", content="Hi.", finish_reason="stop")
    Generation.objects.update(status="complete")
    return sent.conversation


def save(client: Client, talk: Conversation, form: dict[str, str], **headers: str) -> Any:
    return client.post(f"/conversations/{talk.id}/parameters/", form, headers=headers)


def test_a_new_conversation_takes_them(as_alice: Client, provider: Provider) -> None:
    assert as_alice.post("/conversations/", {"message": "Hello", **FILLED}).status_code == 303
    made = Conversation.objects.get()
    assert (made.parameters, made.system_prompt) == (CLEAN, "Be brief.\nBe kind.")
    assert Generation.objects.get().parameters == CLEAN


def test_a_new_conversation_needs_none(as_alice: Client, provider: Provider) -> None:
    assert as_alice.post("/conversations/", {"message": "Hello"}).status_code == 303
    assert Conversation.objects.get().parameters == {}


def test_a_bad_value_makes_nothing_and_stays_in_its_field(as_alice: Client, provider: Provider) -> None:
    response = as_alice.post("/conversations/", {"message": "Kept words", "temperature": "hot", "seed": "5"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "Kept words" in page
    assert 'value="hot"' in page
    assert "Please give a number from 0 to 2" in page
    assert "Please look at the values" in page
    assert '<details class="parameters" open>' in page
    assert not Conversation.objects.exists()


def test_they_are_changed_for_the_answers_to_come(as_alice: Client, talk: Conversation, alice: User) -> None:
    response = save(as_alice, talk, FILLED)
    assert (response.status_code, response["Location"]) == (303, f"/conversations/{talk.id}/")
    talk.refresh_from_db()
    assert (talk.parameters, talk.system_prompt) == (CLEAN, "Be brief.\nBe kind.")
    sent = sending.send(alice, talk.id, content="And now?")
    assert sent.answer.parameters == CLEAN
    export = json.loads(as_alice.get(f"/conversations/{talk.id}/export.json").content)
    assert export["parameters"] == CLEAN
    assert [message["parameters"] for message in export["messages"]] == [
        None,
        {"temperature": 1.5},
        None,
        CLEAN,
    ]


def test_the_page_shows_what_is_set(as_alice: Client, talk: Conversation) -> None:
    save(as_alice, talk, FILLED)
    page = as_alice.get(f"/conversations/{talk.id}/").content.decode()
    assert 'value="0.2"' in page
    assert "END\n\\n\\n</textarea>" in page
    assert "Instructions, Temperature, Max tokens, Seed" in page
    assert 'title="Asked with temperature 1.5"' in page


def test_an_empty_field_unsets_and_a_missing_one_leaves(as_alice: Client, talk: Conversation) -> None:
    save(as_alice, talk, FILLED)
    save(as_alice, talk, {"temperature": "", "seed": "8"})
    talk.refresh_from_db()
    assert talk.parameters == {name: CLEAN[name] for name in CLEAN if name != "temperature"} | {"seed": 8}
    assert talk.system_prompt == "Be brief.\nBe kind."


def test_a_bad_change_changes_nothing(as_alice: Client, talk: Conversation) -> None:
    response = save(as_alice, talk, {"temperature": "3", "seed": "8", "message": "Half a thought"})
    assert response.status_code == 400
    assert b"Half a thought" in response.content
    assert b"Please give a number from 0 to 2" in response.content
    talk.refresh_from_db()
    assert talk.parameters == {"temperature": 1.5}


def test_too_long_instructions_are_refused(as_alice: Client, talk: Conversation) -> None:
    response = save(as_alice, talk, {"system_prompt": "x" * 300_000})
    assert response.status_code == 400
    assert b"the limit is 256 KB" in response.content


def test_words_in_the_box_survive_saving(as_alice: Client, talk: Conversation) -> None:
    response = save(as_alice, talk, FILLED | {"message": "Half a thought"})
    assert response.status_code == 200
    assert b"Half a thought" in response.content
    talk.refresh_from_db()
    assert talk.parameters == CLEAN


def test_a_script_gets_the_panel_alone(as_alice: Client, talk: Conversation) -> None:
    for form, status, words in (
        (FILLED, 200, b"Saved."),
        ({"seed": "x"}, 400, b"Please give a whole number"),
    ):
        response = save(as_alice, talk, form, **{"X-Requested-With": "fetch"})
        assert response.status_code == status
        assert words in response.content
        assert b"<html" not in response.content


def test_send_takes_what_stands_in_the_panel(as_alice: Client, talk: Conversation) -> None:
    path = f"/conversations/{talk.id}/messages/"
    assert as_alice.post(path, {"message": "Now", "temperature": "9"}).status_code == 400
    assert as_alice.post(path, {"message": "Now", "temperature": "0"}).status_code == 303
    talk.refresh_from_db()
    assert talk.parameters == {"temperature": 0}
    assert Generation.objects.latest("created_at").parameters == {"temperature": 0}


def test_they_are_the_owners(as_bob: Client, client: Client, talk: Conversation) -> None:
    assert save(as_bob, talk, FILLED).status_code == 404
    assert as_bob.post(f"/conversations/{uuid.uuid4()}/parameters/", FILLED).status_code == 404
    assert save(client, talk, FILLED)["Location"].startswith("/accounts/login/")
    talk.refresh_from_db()
    assert talk.parameters == {"temperature": 1.5}


def test_they_are_only_posted(as_alice: Client, talk: Conversation) -> None:
    assert as_alice.get(f"/conversations/{talk.id}/parameters/").status_code == 405


def test_empty_fields_show_what_holds_then(as_alice: Client, talk: Conversation, provider: Provider) -> None:
    provider.parameters = {"temperature": 0.7, "reasoning_effort": "low"}
    provider.save()
    OfferedModel.objects.filter(model_id="alpha").update(system_prompt="Speak plainly.")
    new = as_alice.get("/").content.decode()
    assert 'placeholder="Default: 0.7"' in new
    assert "Default: low</option>" in new
    assert 'placeholder="Speak plainly."' in new
    assert 'placeholder="Default: 0.7"' in as_alice.get(talk.get_absolute_url()).content.decode()
    assert b"Default: 0.7" in save(as_alice, talk, {"seed": "1"}, **{"X-Requested-With": "fetch"}).content


def test_the_providers_defaults_hold_where_the_conversation_says_nothing(
    as_alice: Client, provider: Provider
) -> None:
    provider.parameters = {"temperature": 0.7, "seed": 1}
    provider.save()
    as_alice.post("/conversations/", {"message": "Hello", "temperature": "0.1"})
    assert Conversation.objects.get().parameters == {"temperature": 0.1}
    assert Generation.objects.get().parameters == {"temperature": 0.1, "seed": 1}
