"""The form that puts conversations in order: it works, it is mine, and it refuses what makes no sense."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import sending
from conversations.models import Conversation, Message, Provider

FILING = "/history/filing/"
# The same in each process that collects these tests.
NOBODYS = uuid.UUID(int=7)


@pytest.fixture
def talk(alice: User) -> Conversation:
    return Conversation.objects.create(owner=alice, title="A talk")


def state(conversation: Conversation) -> dict[str, bool]:
    row = Conversation.objects.get(pk=conversation.pk)
    marks = {"pinned": row.pinned_at, "archived": row.archived_at, "trashed": row.trashed_at}
    return {**{name: at is not None for name, at in marks.items()}, "unread": row.unread}


@pytest.mark.parametrize(
    ("verb", "mark"), [("pin", "pinned"), ("archive", "archived"), ("trash", "trashed"), ("unread", "unread")]
)
def test_each_verb_works_and_is_taken_back(
    as_alice: Client, talk: Conversation, verb: str, mark: str
) -> None:
    response = as_alice.post(FILING, {"verb": verb, "conversation": talk.id, "next": "/history/?archived=1"})
    assert (response.status_code, response["Location"]) == (303, "/history/?archived=1")
    assert state(talk)[mark]
    page = as_alice.get("/history/").content.decode()
    form = page.split('class="undo__note"')[1].split("</form>")[0]
    assert f'value="{talk.id}"' in form
    back = form.split('name="verb" value="')[1].split('"')[0]
    as_alice.post(FILING, {"verb": back, "conversation": talk.id})
    assert not state(talk)[mark]
    as_alice.get("/history/")
    assert "<span>Moved" not in as_alice.get("/history/").content.decode()


def test_several_at_once(as_alice: Client, alice: User, talk: Conversation) -> None:
    other = Conversation.objects.create(owner=alice)
    as_alice.post(FILING, {"verb": "tag", "tag": "Work", "conversation": [talk.id, other.id]})
    assert [row.tags.get().name for row in Conversation.objects.all()] == ["Work", "Work"]


def test_a_script_is_answered_in_json(as_alice: Client, talk: Conversation) -> None:
    response = as_alice.post(
        FILING, {"verb": "trash", "conversation": talk.id}, headers={"accept": "application/json"}
    )
    said = response.json()
    assert (said["sentence"], said["verb"], said["ids"]) == ("Moved to the trash.", "restore", [str(talk.id)])
    [frame] = said["changed"]
    assert (frame["type"], frame["trashed"]) == ("conversation.changed", True)
    assert (
        "undo__note" not in as_alice.get("/").content.decode().split("<template>")[0].split("undo-notice")[-1]
    )


def test_a_running_answer_is_stopped_on_the_way_to_the_trash(
    as_alice: Client, alice: User, provider: Provider
) -> None:
    sent = sending.start_conversation(alice, content="Long")
    as_alice.post(FILING, {"verb": "trash", "conversation": sent.conversation.id})
    assert Message.objects.get(pk=sent.answer.pk).status == "stopped"


def test_deleting_for_good_works_in_the_trash_only(as_alice: Client, talk: Conversation) -> None:
    as_alice.post(FILING, {"verb": "delete", "conversation": talk.id})
    assert Conversation.objects.exists()
    as_alice.post(FILING, {"verb": "trash", "conversation": talk.id})
    as_alice.post(FILING, {"verb": "delete", "conversation": talk.id})
    assert not Conversation.objects.exists()


def test_emptying_the_trash(as_alice: Client, as_bob: Client, talk: Conversation) -> None:
    as_alice.post(FILING, {"verb": "trash", "conversation": talk.id})
    as_bob.post("/history/trash/empty/")
    assert Conversation.objects.exists()
    assert as_alice.post("/history/trash/empty/")["Location"] == "/history/"
    assert not Conversation.objects.exists()


def test_renaming(as_alice: Client, talk: Conversation) -> None:
    assert as_alice.post(f"/conversations/{talk.id}/title/", {"title": "Better"}).status_code == 303
    assert Conversation.objects.get().title == "Better"
    refused = as_alice.post(f"/conversations/{talk.id}/title/", {"title": " "})
    assert refused.status_code == 400
    assert "Please write a title." in refused.content.decode()


VERBS = [
    "pin",
    "unpin",
    "archive",
    "unarchive",
    "read",
    "unread",
    "tag",
    "untag",
    "trash",
    "restore",
    "delete",
]


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_not_mine_looks_missing(as_bob: Client, talk: Conversation, verb: str) -> None:
    before = Conversation.objects.values().get()
    for place in (talk.id, uuid.uuid4(), "nonsense"):
        form = {"verb": verb, "tag": "x", "conversation": place}
        assert as_bob.post(FILING, form).status_code == 404
    assert as_bob.post(f"/conversations/{talk.id}/title/", {"title": "x"}).status_code == 404
    assert Conversation.objects.values().get() == before


@pytest.mark.parametrize(
    "form",
    [
        {"verb": "pin"},
        {"verb": "explode", "conversation": "mine"},
        {"verb": "tag", "tag": " ", "conversation": "mine"},
        {"verb": "tag", "tag": "x" * 51, "conversation": "mine"},
        {"verb": "pin", "conversation": [str(uuid.uuid4()) for _ in range(501)]},
    ],
    ids=["none chosen", "no such verb", "no tag", "a long tag", "too many"],
)
def test_what_makes_no_sense_changes_nothing(
    as_alice: Client, talk: Conversation, form: dict[str, object]
) -> None:
    before = Conversation.objects.values().get()
    asked = {name: str(talk.id) if value == "mine" else value for name, value in form.items()}
    response = as_alice.post(FILING, asked)
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert Conversation.objects.values().get() == before


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_form_leads_to_no_other_site(as_alice: Client, talk: Conversation, place: str) -> None:
    response = as_alice.post(FILING, {"verb": "pin", "conversation": talk.id, "next": place})
    assert response["Location"] == "/history/"


@pytest.mark.parametrize("path", [FILING, "/history/trash/empty/", f"/conversations/{NOBODYS}/title/"])
def test_looking_changes_nothing(as_alice: Client, client: Client, path: str) -> None:
    assert as_alice.get(path).status_code == 405
    assert client.post(path).status_code == 302
