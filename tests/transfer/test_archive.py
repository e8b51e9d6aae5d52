"""Everything of mine as one file: whole, mine alone, and never in memory."""

import io
import json
import os
import zipfile
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.utils import timezone

from conversations.exports.archive import AT_ONCE, archive_pieces
from conversations.models import Conversation, Message

HOSTILE = '../../<script>alert(1)</script>"\\\r\n\u202eCON'


def make(owner: User, title: str, answer: str = "Hello, *Alice*.", **fields: Any) -> Conversation:
    conversation = Conversation.objects.create(owner=owner, title=title, **fields)
    asked = Message.objects.create(conversation=conversation, role="user", content="Hello?")
    conversation.active_leaf = Message.objects.create(
        conversation=conversation, parent=asked, role="assistant", content=answer, model="alpha"
    )
    Message.objects.create(
        conversation=conversation, parent=asked, role="assistant", content="Another branch"
    )
    conversation.save()
    return conversation


def opened(user: User) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(archive_pieces(user))))


def test_it_holds_every_conversation_in_three_forms(alice: User, bob: User) -> None:
    made = [make(alice, f"Number {number}") for number in range(AT_ONCE + 1)]
    make(alice, "Thrown away", trashed_at=timezone.now())
    make(bob, "Of somebody else")
    file = opened(alice)
    assert file.testzip() is None
    manifest = json.loads(file.read("manifest.json"))
    assert (manifest["format"], manifest["version"]) == ("chat-archive", 1)
    assert [entry["title"] for entry in manifest["conversations"]] == [each.title for each in made[::-1]]
    first = manifest["conversations"][-1]
    content = json.loads(file.read(first["json"]))
    assert (content["id"], len(content["messages"])) == (str(made[0].id), 3)
    assert "Hello, *Alice*." in file.read(first["md"]).decode()
    page = file.read(first["html"]).decode()
    assert "Hello, <em>Alice</em>." in page
    assert "Another branch" not in page
    assert file.read("index.html").decode().count("<li>") == len(made)
    everything = b"".join(file.read(name) for name in file.namelist())
    assert b"Thrown away" not in everything
    assert b"somebody else" not in everything


def test_names_are_tame_whatever_the_titles_are(alice: User) -> None:
    for title in (HOSTILE, HOSTILE, "", "日本語", "a" * 200):
        make(alice, title)
    file = opened(alice)
    names = file.namelist()
    assert len(set(names)) == len(names) == 3 * 5 + 3
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-./") for name in names)
    assert not [name for name in names if ".." in name or name.startswith("/")]
    for page in (name for name in names if name.endswith(".html")):
        assert "<script" not in file.read(page).decode()


def test_a_part_at_a_time_is_in_memory(alice: User) -> None:
    size = 40_000
    for number in range(25):
        make(alice, f"Number {number}", answer=os.urandom(size // 2).hex())
    pieces = list(map(len, archive_pieces(alice)))
    assert sum(pieces) > 25 * size
    assert max(pieces) < 5 * size
    assert min(pieces) > 0


def test_it_is_sent_while_it_is_made(alice: User) -> None:
    make(alice, "Tides")

    async def ask() -> tuple[Any, bytes]:
        client = AsyncClient()
        await client.aforce_login(alice)
        response: Any = await client.get("/account/export.zip")
        return response, b"".join([piece async for piece in response])

    response, content = async_to_sync(ask)()
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"].startswith('attachment; filename="conversations-')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == 6


def test_strangers_and_other_methods_get_nothing(client: Client, as_alice: Client) -> None:
    assert client.get("/account/export.zip").status_code == 302
    assert as_alice.post("/account/export.zip").status_code == 405


def test_one_conversation_as_a_page(client: Client, as_alice: Client, as_bob: Client, alice: User) -> None:
    talk = make(alice, HOSTILE, answer="<img src=x onerror=alert(1)> [a](javascript:alert(1)) `code`")
    address = f"{talk.get_absolute_url()}export.html"
    response = as_alice.get(address)
    page = response.content.decode()
    assert "attachment" in response["Content-Disposition"]
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert 'href="javascript:' not in page
    assert "<img" not in page
    assert as_bob.get(address).status_code == 404
    assert client.get(address).status_code == 302
    assert as_alice.post(address).status_code == 405
