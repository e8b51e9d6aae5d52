"""The index follows the rows, however they are written, and forgets what is deleted."""

import random
from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations import trash
from conversations.models import Conversation, Message, Passage, Unindexed
from conversations.search import search, single, upkeep
from tests.search.talks import talk


def indexed() -> int:
    """Rows that hold words in the database's own full text search."""
    table = "conversations_words" if connection.vendor == "sqlite" else "conversations_passage"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def words_left(word: str) -> bool:
    if connection.vendor == "sqlite":
        statement = f"SELECT count(*) FROM conversations_words WHERE words LIKE '%{word}%'"
    else:
        statement = f"SELECT count(*) FROM conversations_passage WHERE words::text LIKE '%{word}%'"
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return bool(cursor.fetchone()[0])


def test_rows_written_by_whatever_way_are_indexed(alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Sea")
    Message.objects.bulk_create([Message(conversation=conversation, role="user", content="kelp")])
    assert Unindexed.objects.count() == 2
    assert upkeep.catch_up() == 2
    Message.objects.update(content="algae")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE conversations_conversation SET title = 'Shore'")
    upkeep.catch_up()
    assert not Unindexed.objects.exists()
    assert indexed() == Passage.objects.count() == 2
    for word, number in (("kelp", 0), ("sea", 0), ("algae", 1), ("shore", 1)):
        assert len(search(alice, word).hits) == number, word


def test_texts_of_one_moment_stand_side_by_side(alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Sea")
    at = conversation.created_at
    made = [Message(conversation=conversation, role="user", content="kelp", created_at=at) for _ in range(5)]
    Message.objects.bulk_create(made[:3])
    upkeep.catch_up()
    Message.objects.bulk_create(made[3:])
    upkeep.catch_up()
    assert Passage.objects.count() == 6


def test_a_thousand_texts_of_one_moment_take_no_longer_than_others(alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice)
    at = conversation.created_at
    for _ in range(5):
        Message.objects.bulk_create(
            Message(conversation=conversation, role="user", content="kelp", created_at=at) for _ in range(200)
        )
        with CaptureQueriesContext(connection) as queries:
            assert upkeep.catch_up() == 200
        assert len(queries) < 25
    assert Passage.objects.count() == 1000
    Message.objects.create(conversation=conversation, role="user", content="kelp", created_at=at)
    upkeep.catch_up()
    assert indexed() == 1001


def test_a_message_that_was_saved_alone_is_found_as_it_is_now(alice: User) -> None:
    conversation = Conversation.objects.create(owner=alice, title="Sea")
    upkeep.catch_up()
    # At the moment of the title, whose passage has that id.
    at = conversation.created_at
    said = Message.objects.create(conversation=conversation, role="user", content="kelp", created_at=at)
    assert upkeep.catch_up() == 1
    Message.objects.filter(pk=said.pk).update(content="algae")
    assert upkeep.catch_up() == 1
    assert (indexed(), Unindexed.objects.count()) == (2, 0)
    assert [len(search(alice, word).hits) for word in ("kelp", "algae", "sea")] == [0, 1, 1]


def test_a_message_that_changed_since_it_was_read_waits_for_its_next_turn(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("reads and writes in one transaction, alone")
    conversation = Conversation.objects.create(owner=alice)
    Message.objects.create(conversation=conversation, role="user", content="kelp")
    [read] = single.noted()
    monkeypatch.setattr(single, "noted", lambda: [replace(read, version="1")])
    upkeep.catch_up()
    assert (indexed(), Unindexed.objects.count()) == (0, 1)


def test_one_saved_message_takes_postgresql_two_journeys(alice: User) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("reads and writes in one transaction, alone")
    conversation = Conversation.objects.create(owner=alice)
    Message.objects.create(conversation=conversation, role="user", content="kelp")
    with CaptureQueriesContext(connection) as queries:
        assert upkeep.catch_up() == 1
    # Within the transaction of a test there is a savepoint around the second one.
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 2
    assert len(search(alice, "kelp").hits) == 1


def test_of_an_endless_text_the_beginning_is_indexed(alice: User) -> None:
    # Pairs of characters that hardly repeat: more than a tsvector takes.
    long = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9FFF), k=150_000)))
    talk(alice, "Endless", long, "fine")
    upkeep.catch_up()
    assert len(search(alice, long[:8]).hits) == len(search(alice, long[500:506]).hits) == 1


@pytest.mark.parametrize("way", ["trash", "account", "rows"])
def test_what_is_deleted_leaves_no_word_behind(alice: User, way: str) -> None:
    conversation = talk(alice, "Secretword", "secretword", "secretword")
    upkeep.catch_up()
    assert words_left("secretword")
    if way == "trash":
        trash.put(alice, [conversation.id])
        trash.delete(alice, [conversation.id])
    elif way == "account":
        alice.delete()
    else:
        Message.objects.all().delete()
        Conversation.objects.all().delete()
    assert not words_left("secretword")
    assert indexed() == 0
    upkeep.catch_up()
    assert not Unindexed.objects.exists()


def test_the_triggers_come_back_when_a_table_is_made_anew(alice: User) -> None:
    with connection.cursor() as cursor:
        place = " ON conversations_message" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER search_message_made{place}")
    call_command("migrate", verbosity=0)
    talk(alice, "Sea", "kelp", "fine")
    assert len(search(alice, "kelp").hits) == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite for its plans")
@pytest.mark.parametrize("q", ["kelp", "sea", '"kelp kelp"', "kel*", "kelp is:pinned"])
def test_no_search_walks_through_all_that_a_person_has(alice: User, q: str) -> None:
    for _ in range(60):
        talk(alice, "Sea", "kelp", "kelp kelp")
    search(alice, "kelp")
    with CaptureQueriesContext(connection) as queries:
        search(alice, q)
    for query in queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = " ".join(str(row[3]) for row in cursor.fetchall())
        assert "(owner_id=?" not in plan, query["sql"]
        assert "(parent_id=?" not in plan, query["sql"]
