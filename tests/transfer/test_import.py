"""POST /import/: what comes in, what was there already, what is skipped, and what is refused whole."""

import json
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import trash
from conversations.exports.archive import archive_pieces
from conversations.models import Conversation, Import, Message
from tests.transfer.exports import BEGAN, chatgpt, message, node, open_webui, upload, zipped

KEPT = ("role", "content", "reasoning", "created_at", "status", "usage", "model")


def bring(client: Client, content: Any, name: str = "conversations.json") -> str:
    """The message on the page after it."""
    response = client.post("/import/", {"file": upload(content, name)})
    assert (response.status_code, response["Location"]) == (303, "/history/"), response.content.decode()[
        -3000:
    ]
    page = client.get("/history/").content.decode()
    return page.split('<div class="notice" role="status"><p>')[1].split(" <a")[0]


def refused(client: Client, content: Any, name: str = "conversations.json") -> str:
    before = Conversation.objects.count()
    response = client.post("/import/", {"file": upload(content, name)})
    assert response.status_code == 400
    assert Conversation.objects.count() == before
    return response.content.decode().split('role="alert">')[1].split("</p>")[0]


def test_a_conversation_of_chatgpt_comes_in_with_dates_and_model(as_alice: Client, alice: User) -> None:
    said = bring(as_alice, [chatgpt()])
    assert said == "1 conversation came in, 0 were there already, 0 were skipped."
    talk = Conversation.objects.get()
    assert (talk.owner, talk.title, talk.model) == (alice, "Tides", "gpt-4o")
    assert (talk.created_at.timestamp(), talk.updated_at.timestamp()) == (BEGAN, BEGAN + 9)
    assert [(m.role, m.content, m.created_at.timestamp()) for m in talk.thread()] == [
        ("user", "How high is the tide?", BEGAN),
        ("assistant", "Two *metres*.", BEGAN + 5),
    ]
    page = as_alice.get(talk.get_absolute_url()).content.decode()
    assert "Two <em>metres</em>." in page


def test_the_same_file_twice_adds_nothing(as_alice: Client) -> None:
    file = [chatgpt(name=str(number)) for number in range(3)] + [open_webui()]
    bring(as_alice, file)
    rows = (Conversation.objects.count(), Message.objects.count())
    assert bring(as_alice, file).startswith("0 conversations came in, 4 were there already")
    assert rows == (Conversation.objects.count(), Message.objects.count()) == (4, 9)
    assert bring(as_alice, file + file).startswith("0 conversations came in, 8 were there already")


def test_a_later_export_adds_what_is_new(as_alice: Client) -> None:
    bring(as_alice, [chatgpt()])
    later = chatgpt()
    later["mapping"]["q2"] = node("q2", "a", message("user", "And tomorrow?", BEGAN + 20))
    later["current_node"] = "q2"
    assert "0 conversations came in, 1 has grown, 0 were there already" in bring(as_alice, [later])
    talk = Conversation.objects.get()
    assert [each.content for each in talk.thread()][-1] == "And tomorrow?"
    assert len(talk.thread()) == 3


def test_where_a_person_went_on_here_stays_shown(as_alice: Client) -> None:
    bring(as_alice, [chatgpt()])
    talk = Conversation.objects.get()
    talk.active_leaf = Message.objects.create(
        conversation=talk, parent_id=talk.active_leaf_id, role="user", content="Mine"
    )
    talk.save()
    later = chatgpt()
    later["mapping"]["q2"] = node("q2", "a", message("user", "Theirs", BEGAN + 20))
    bring(as_alice, [later])
    assert Conversation.objects.get().thread()[-1].content == "Mine"
    assert Message.objects.filter(content="Theirs").exists()


def test_what_was_thrown_away_does_not_come_back(as_alice: Client, alice: User) -> None:
    bring(as_alice, [chatgpt()])
    trash.put(alice, [Conversation.objects.get().id])
    assert "1 was there already" in bring(as_alice, [chatgpt()])
    trash.empty(alice)
    assert bring(as_alice, [chatgpt()]).startswith("1 conversation came in")


def test_two_people_can_bring_the_same_file(as_alice: Client, as_bob: Client) -> None:
    bring(as_alice, [chatgpt()])
    assert bring(as_bob, [chatgpt()]).startswith("1 conversation came in")


def test_our_own_export_comes_in_elsewhere_as_it_was(
    as_alice: Client, as_bob: Client, alice: User, bob: User
) -> None:
    bring(as_alice, [chatgpt(), open_webui()])
    talks = list(Conversation.objects.of(alice).order_by("title"))
    exports = [as_alice.get(f"{talk.get_absolute_url()}export.json").json() for talk in talks]
    assert bring(as_alice, exports[0], "export.json").startswith(
        "0 conversations came in, 1 was there already"
    )
    bring(as_bob, exports, "export.json")
    for before, talk in zip(exports, Conversation.objects.of(bob).order_by("title"), strict=True):
        after = as_bob.get(f"{talk.get_absolute_url()}export.json").json()
        for field in ("title", "model", "created_at", "updated_at", "system_prompt", "parameters"):
            assert after[field] == before[field]
        told = [[tuple(m[name] for name in KEPT) for m in each["messages"]] for each in (before, after)]
        assert told[0] == told[1]
        shown = [[m["id"] for m in each["messages"]].index(each["active"]) for each in (before, after)]
        assert shown[0] == shown[1]


def test_our_own_zip_comes_in_elsewhere(as_alice: Client, as_bob: Client, alice: User) -> None:
    bring(as_alice, [chatgpt(name=str(number)) for number in range(3)])
    file = b"".join(archive_pieces(alice))
    assert bring(as_bob, file, "export.zip").startswith("3 conversations came in")
    assert bring(as_bob, file, "export.zip").startswith("0 conversations came in, 3 were there already")
    assert bring(as_alice, file, "export.zip").startswith("0 conversations came in, 3 were there already")


def test_the_zip_around_chatgpts_file(as_alice: Client) -> None:
    file = zipped({"chat.html": "<p>", "user.json": {}, "conversations.json": [chatgpt()], "x/a.zip": b"PK"})
    assert bring(as_alice, file, "export.zip").startswith("1 conversation came in")


def test_a_bad_part_is_skipped_and_named(as_alice: Client) -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    empty = {**chatgpt(name="two"), "mapping": {}}
    parts = [chatgpt(), {"no": "conversation"}, empty, {**chatgpt(name="3"), "more": deep}, None, 7, "x"]
    said = bring(as_alice, parts)
    assert said.startswith("1 conversation came in, 0 were there already, 6 were skipped (Number 2: ")
    assert "Number 3: It holds no messages" in said
    assert "nested more than 100 levels deep" in said
    details = as_alice.get(Import.objects.get().get_absolute_url()).content.decode()
    assert "What was left out, and why" in details


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"hello", "not a list of conversations"),
        (b'{"a": 1}', "not a conversation of a kind"),
        (b"[1, 2]", "not a conversation of a kind"),
        (b"[{}, x]", "something that is not a conversation"),
        (b"[" * 100_000, "breaks off"),
        (b"[" * 200 + b"]" * 200, "nested more than 100 levels"),
        (json.dumps([chatgpt()]).encode()[:-1], "breaks off"),
        (json.dumps([chatgpt()]).encode() + b"[", "follows behind the end"),
        (b"\x1f\x8b123", "gzip"),
        (b"\xff\xfe[\x00]\x00", "not a list of conversations"),
    ],
)
def test_a_bad_file_changes_nothing(as_alice: Client, content: bytes, words: str) -> None:
    assert words in refused(as_alice, content)


def test_a_file_that_breaks_off_changes_nothing_of_its_beginning(as_alice: Client) -> None:
    whole = json.dumps([chatgpt(name=str(number)) for number in range(50)]).encode()
    assert "breaks off" in refused(as_alice, whole[:-200])
    assert Import.objects.count() == 0


def test_nobody_else_sees_it(client: Client, as_alice: Client, as_bob: Client) -> None:
    bring(as_alice, [chatgpt()])
    address = Import.objects.get().get_absolute_url()
    assert as_alice.get(address).status_code == 200
    for method, path in (("get", address), ("post", f"{address}stop/")):
        assert getattr(as_bob, method)(path).status_code == 404
        assert getattr(client, method)(path).status_code == 302
    assert as_alice.post(address).status_code == 405
    assert as_alice.put("/import/").status_code == 405
    assert client.post("/import/", {"file": upload([chatgpt()])}).status_code == 302
    assert as_alice.get(f"/import/{uuid.uuid4()}/").status_code == 404
    assert as_alice.post("/import/").status_code == 400
