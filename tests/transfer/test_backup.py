"""A backup brings everything back, in either database, and nothing half."""

import json
import zipfile
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.utils import timezone

from conversations import search
from conversations.backups import Unusable, dump, load
from conversations.backups.layout import columns, tables
from conversations.models import Conversation, Generation, Message, Provider, Share, Tag
from conversations.search.upkeep import catch_up_for
from tests.transfer.test_archive import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filled(alice: User) -> User:
    talk = make(alice, "Tides \U0001f30a", answer="The spring tide")
    talk.tags.add(Tag.objects.create(owner=alice, name="sea"))
    Provider.objects.create(name="server", base_url="http://127.0.0.1:1/v1", api_key="sk-secret")
    Generation.objects.create(
        conversation=talk,
        user=alice,
        status="complete",
        cost=Decimal("0.00000001"),
        usage_details={"a": [1, None]},
    )
    Share.objects.create(owner=alice, conversation=talk, turns=[{"role": "user", "content": "x"}])
    alice.groups.add(Group.objects.create(name="staff"))
    return alice


def everything() -> dict[str, list[Any]]:
    return {
        model._meta.label: list(
            model._default_manager.order_by("pk").values_list(*(f.attname for f in columns(model)))
        )
        for model in tables()
    }


def test_everything_comes_back(filled: User, tmp_path: Path) -> None:
    before = everything()
    path = tmp_path / "chat.zip"
    call_command("backup", path, stdout=StringIO())
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="in use already"):
        call_command("restore", path)
    Conversation.objects.all().delete()
    User.objects.create_user("later")
    said = StringIO()
    call_command("restore", path, replace=True, stdout=said)
    assert "1 conversations of 1 people" in said.getvalue()
    assert everything() == before
    assert Provider.objects.get().api_key == "sk-secret"
    User.objects.create_user("afterwards")
    catch_up_for(5)
    assert [hit.conversation_id for hit in search.search(filled, "spring").hits] == [
        Conversation.objects.get().id
    ]


def test_secrets_stay_encrypted(filled: User, tmp_path: Path) -> None:
    dump(tmp_path / "chat.zip")
    with zipfile.ZipFile(tmp_path / "chat.zip") as file:
        whole = b"".join(file.read(name) for name in file.namelist())
    assert b"sk-secret" not in whole
    assert b"spring tide" in whole


def test_a_broken_backup_changes_nothing(filled: User, tmp_path: Path) -> None:
    dump(tmp_path / "chat.zip")
    before = everything()

    def changed(**about: Any) -> Path:
        path = tmp_path / "changed.zip"
        with zipfile.ZipFile(tmp_path / "chat.zip") as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                said = old.read(name)
                new.writestr(name, json.dumps(json.loads(said) | about) if name == "backup.json" else said)
        return path

    (tmp_path / "none.zip").write_bytes(b"PK")
    wrong = [
        (tmp_path / "none.zip", "cannot be read"),
        (tmp_path / "missing.zip", "cannot be read"),
        (changed(format="x"), "not a backup"),
    ]
    for path, words in wrong:
        with pytest.raises(Unusable, match=words):
            load(path, replace=True)
    for about, words in (
        ({"version": 99}, "another version"),
        ({"migrations": ["conversations.9999_later"]}, "newer version"),
        ({"migrations": []}, "older version"),
        ({"rows": {}}, "incomplete"),
    ):
        with pytest.raises(Unusable, match=words):
            load(changed(**about), replace=True)
    assert everything() == before


def test_it_is_of_one_moment(filled: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written meanwhile, by others, is in it as a whole or not at all."""
    from conversations.backups import dumping

    written: list[bool] = []
    rows = dumping._rows

    def and_somebody_writes(model: Any) -> Any:
        if model is Message and not written:
            written.append(_in_another_thread(filled))
        return rows(model)

    monkeypatch.setattr(dumping, "_rows", and_somebody_writes)
    numbers = dump(tmp_path / "chat.zip")
    assert written == [True]
    assert (numbers["conversations.conversation"], numbers["conversations.message"]) == (1, 3)
    assert Conversation.objects.count() == 2


def _in_another_thread(owner: User) -> bool:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def write() -> bool:
        try:
            made = Conversation.objects.create(owner=owner, title="Meanwhile", updated_at=timezone.now())
            Message.objects.create(conversation=made, role="user", content="Late")
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(1) as executor:
        return executor.submit(write).result(15)
