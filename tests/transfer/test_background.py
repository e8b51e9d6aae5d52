"""Large files: kept in rows, checked whole, taken in step by step, by whoever is there to do it."""

import io
import json
import os
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from conversations import importing
from conversations.importing import uploads, work
from conversations.importing.sources import elements_of
from conversations.importing.work import Lost, claim, steps
from conversations.models import Conversation, Import, ImportPart, Message
from conversations.refusals import Refusal
from tests.transfer.exports import chatgpt, message, node, upload, zipped

COUNT = 120


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 1000)
    monkeypatch.setattr(uploads, "PART", 5000)


def many(first: int = 0, last: int = COUNT) -> list[dict[str, Any]]:
    return [chatgpt(name=str(number)) for number in range(first, last)]


def brought(user: User, content: Any) -> Import:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return importing.receive(user, io.BytesIO(data), "conversations.json", len(data))


def finish(kept: Import) -> Import:
    found = claim("a runner")
    assert found == kept
    assert all(steps(found))
    kept.refresh_from_db()
    return kept


@pytest.mark.parametrize("packed", [False, True])
def test_it_comes_in_behind_the_scenes(as_alice: Client, alice: User, packed: bool) -> None:
    file = zipped({"conversations.json": many()}) if packed else json.dumps(many()).encode()
    response = as_alice.post("/import/", {"file": upload(file)})
    assert (response.status_code, response["Location"]) == (303, "/history/")
    kept = Import.objects.get()
    assert (kept.status, kept.size, kept.seen) == ("checking", len(file), 0)
    assert "is being read" in as_alice.get("/history/").content.decode()
    assert "being looked through" in as_alice.get(kept.get_absolute_url()).content.decode()
    assert Conversation.objects.count() == 0
    finish(kept)
    assert (kept.status, kept.total, kept.seen, kept.added) == ("done", COUNT, COUNT, COUNT)
    assert (Conversation.objects.of(alice).count(), Message.objects.count()) == (COUNT, 2 * COUNT)
    assert ImportPart.objects.count() == 0
    assert claim("another runner") is None


def test_a_file_that_is_broken_at_its_end_changes_nothing(as_alice: Client, alice: User) -> None:
    kept = finish(brought(alice, json.dumps(many()).encode()[:-50]))
    assert (kept.status, kept.added) == ("failed", 0)
    assert "breaks off" in kept.error
    assert Conversation.objects.count() == ImportPart.objects.count() == 0
    assert "breaks off" in as_alice.get(kept.get_absolute_url()).content.decode()


def test_nonsense_is_refused_at_once(alice: User) -> None:
    for content in ([{"no": "conversation"}] * 500, b"[" + b" " * 5000, b'{"a": "' + b"x" * 5000):
        with pytest.raises(Refusal):
            brought(alice, content)
    assert Import.objects.count() == ImportPart.objects.count() == 0


def test_another_process_goes_on_where_one_died(alice: User) -> None:
    kept = brought(alice, many())
    first = claim("dies")
    assert first is not None
    work_of_first = steps(first)
    while not Conversation.objects.exists():
        next(work_of_first)
    assert claim("too early") is None
    Import.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    done = Conversation.objects.count()
    assert 0 < done < COUNT
    second = claim("goes on")
    assert second is not None
    with pytest.raises(Lost):
        next(work_of_first)
    assert Conversation.objects.count() == done
    assert all(steps(second))
    kept.refresh_from_db()
    assert (kept.status, kept.added, kept.known) == ("done", COUNT, 0)


def test_its_owner_can_stop_it(as_alice: Client, alice: User) -> None:
    kept = brought(alice, many())
    claimed = claim("a runner")
    assert claimed is not None
    doing = steps(claimed)
    while not Conversation.objects.exists():
        next(doing)
    done = Conversation.objects.count()
    assert as_alice.post(f"{kept.get_absolute_url()}stop/").status_code == 303
    with pytest.raises(Lost):
        next(doing)
    assert Conversation.objects.count() == done
    assert ImportPart.objects.count() == 0
    assert "It was stopped" in as_alice.get(kept.get_absolute_url()).content.decode()


def test_a_few_at_once_and_no_more(alice: User) -> None:
    for number in range(importing.MOST_OPEN):
        brought(alice, many(number * COUNT, (number + 1) * COUNT))
    with pytest.raises(Refusal, match="still being read"):
        brought(alice, many())


def test_bad_parts_are_counted_and_the_first_are_listed(alice: User) -> None:
    bad = [{**chatgpt(name=f"bad {number}"), "mapping": {}} for number in range(300)]
    kept = finish(brought(alice, many() + bad))
    assert (kept.added, kept.skipped, kept.total, len(kept.problems)) == (COUNT, 300, COUNT + 300, 200)
    assert kept.problems[0] == [f"Number {COUNT + 1}", "It holds no messages."]


def test_a_stored_file_reads_like_the_file(alice: User) -> None:
    data = os.urandom(23_456)
    kept = Import.objects.create(owner=alice, size=len(data))
    uploads.store(io.BytesIO(data), kept)
    file = uploads.opened(kept)
    assert file.read() == data
    for at, length in ((0, 10), (4_990, 20), (23_450, 100), (12_345, 11_111), (23_456, 5), (99_999, 5)):
        file.seek(at)
        assert file.read(length) == data[at : at + length]
    assert file.seek(-6, 2) == len(data) - 6
    assert file.read() == data[-6:]


def test_a_step_holds_few_conversations(alice: User) -> None:
    long = chatgpt(node("q", None, message("user", "x" * 1_500_000)), name="long")
    sizes = [sum(len(each.raw) for each in batch) for batch in work._batches(_elements([long] * 5))]
    assert len(sizes) == 3
    assert max(sizes) < 2 * work.BYTES_AT_ONCE


def _elements(told: list[Any]) -> Any:
    return elements_of(io.BytesIO(json.dumps(told).encode()))
