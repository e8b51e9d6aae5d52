"""What a search finds: of mine all that fits, of others nothing; the best match of each conversation."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations import filing, sending, trash
from conversations.models import Conversation, Message, Provider
from conversations.search import Hit, search
from tests.search.talks import talk


def titles(hits: list[Hit]) -> list[str]:
    return ["".join(piece.text for piece in hit.title) for hit in hits]


def found(user: User, q: str) -> list[str]:
    return titles(search(user, q).hits)


def test_words_phrases_and_beginnings(alice: User) -> None:
    talk(alice, "Sea", "When does the tide turn?", "Twice a day, roughly.")
    talk(alice, "Court", "Does the turn of a tide matter in law?", "Objection!")
    assert found(alice, "tide turn") == ["Court", "Sea"]
    assert found(alice, '"tide turn"') == ["Sea"]
    assert found(alice, "rough*") == ["Sea"]
    assert found(alice, '"rough"') == []
    assert found(alice, "tide absent") == []


def test_case_and_accents_do_not_matter(alice: User) -> None:
    talk(alice, "Cafe", "Où est le CAFÉ Müller?", "Straße")
    for q in ("café", "cafe", "CAFE", "muller", "strasse", "\uff23\uff21\uff26\uff25"):
        assert found(alice, q) == ["Cafe"], q


def test_text_without_spaces_is_found(alice: User) -> None:
    talk(alice, "旅行", "東京都に行きます", "สวัสดีชาวโลก")
    for q in ("東京", "京都", "東京都に", "都", "行", "ชาวโลก", "旅"):
        assert found(alice, q) == ["旅行"], q
    assert found(alice, "大阪") == []


def test_a_word_that_is_not_finished_is_taken_for_its_beginning(alice: User) -> None:
    talk(alice, "Sea", "About seagulls", "Fine")
    assert found(alice, "seag") == ["Sea"]
    assert found(alice, "seag about") == []


def test_titles_come_before_questions_before_answers_and_the_newest_first(alice: User) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    texts = [
        ("In an answer", "x", "kelp"),
        ("In an answer too", "x", "kelp"),
        ("In a question", "kelp", "x"),
        ("In the kelp title", "x", "kelp kelp"),
    ]
    for number, (title, question, answer) in enumerate(texts):
        talk(alice, title, question, answer, at=start + timedelta(days=number))
    order = ["In the kelp title", "In a question", "In an answer too", "In an answer"]
    assert found(alice, "kelp") == order
    pages, cursor = [], ""
    for _ in range(4):
        page = search(alice, "kelp", cursor, length=1)
        pages += titles(page.hits)
        cursor = page.older
    assert pages == order
    assert cursor == ""


def test_each_conversation_is_found_once_by_its_newest_match(alice: User) -> None:
    conversation = talk(alice, "Sea", "kelp one", "kelp", "kelp two", "kelp")
    [hit] = search(alice, "kelp").hits
    assert Message.objects.get(pk=hit.message_id or "").content == "kelp two"
    assert hit.url == f"/conversations/{conversation.id}/?m={hit.message_id}#m-{hit.message_id}"
    assert search(alice, "kelp", length=1).older == ""


def test_what_is_better_but_out_of_the_dates_hides_nothing(alice: User) -> None:
    sea = talk(alice, "Kelp", "kelp", "x", "kelp?", at=datetime(2026, 1, 1, tzinfo=UTC))
    Message.objects.filter(conversation=sea, content="kelp?").update(
        created_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    talk(alice, "Other", "kelp", "x", at=datetime(2026, 2, 1, tzinfo=UTC))
    assert found(alice, "kelp after:2026-02") == ["Kelp", "Other"]
    assert found(alice, "kelp before:2026-02") == ["Kelp"]
    assert found(alice, "kelp after:2026-02-02") == ["Kelp"]


def test_page_by_page_every_conversation_comes_once(alice: User) -> None:
    for number in range(62):
        title = "kelp" if number % 12 == 0 else "x"
        talk(alice, f"{title} {number}", "kelp" if number % 2 else "y", "kelp" if number % 3 else "z kelp")
    seen, after = [], ""
    while True:
        results = search(alice, "kelp", after, length=7)
        seen += titles(results.hits)
        if not (after := results.older):
            break
    assert sorted(seen) == sorted(set(seen))
    assert len(seen) == 62
    tiers = [0 if title.startswith("kelp") else 1 if int(title[2:]) % 2 else 2 for title in seen]
    assert tiers == sorted(tiers)


def test_the_operators_narrow(alice: User) -> None:
    old = talk(alice, "Old", "kelp", "one", at=datetime(2024, 5, 1, tzinfo=UTC), model="gpt-4o")
    new = talk(alice, "New", "kelp", "two", at=datetime(2025, 5, 1, tzinfo=UTC), status="interrupted")
    filing.pin(alice, [old.id])
    filing.tag(alice, [new.id], "Sea life")
    expected = {
        "kelp before:2025": ["Old"],
        "kelp after:2025-05-01": ["New"],
        "kelp after:2025-05-02": [],
        "kelp is:pinned": ["Old"],
        "is:pinned": ["Old"],
        "kelp is:archived": [],
        "kelp is:running": [],
        "kelp is:unread": [],
        "kelp status:interrupted": ["New"],
        "status:interrupted": ["New"],
        "kelp MODEL:gpt-4": ["Old"],
        'kelp tag:"sea life"': ["New"],
        "one role:user": [],
        "one role:assistant": ["Old"],
        "role:user before:2025": ["Old"],
        "kelp role:user": ["New", "Old"],
        "kelp colour:red": [],
    }
    for q, wanted in expected.items():
        assert found(alice, q) == wanted, q


def test_only_mine_ever(alice: User, bob: User) -> None:
    talk(alice, "Secret kelp", "kelp", "kelp", status="interrupted")
    for q in ("kelp", "kel*", "status:interrupted", "role:user", "before:2100", '"secret kelp"'):
        assert search(bob, q).hits == [], q
        assert search(alice, q).hits, q


def test_what_is_in_the_trash_is_not_found_and_what_is_deleted_is_not_there(alice: User) -> None:
    conversation = talk(alice, "Sea", "kelp", "fine")
    trash.put(alice, [conversation.id])
    assert found(alice, "kelp") == []
    assert found(alice, "role:user") == []
    trash.restore(alice, [conversation.id])
    assert found(alice, "kelp") == ["Sea"]


def test_running_text_and_reasoning_are_not_found(alice: User, provider: Provider) -> None:
    conversation = talk(alice, "Sea", "Hello", "Fine.")
    Message.objects.filter(role="assistant").update(reasoning="kelp")
    sent = sending.send(alice, conversation.id, content="More", client_id=uuid.uuid4())
    Message.objects.filter(pk=sent.answer.pk).update(content="kelp so far", status="streaming")
    assert found(alice, "kelp") == []
    Message.objects.filter(pk=sent.answer.pk).update(content="kelp at last", status="complete")
    assert found(alice, "kelp") == ["Sea"]


def test_a_new_title_replaces_the_old_one(alice: User) -> None:
    conversation = talk(alice, "Seaweed", "x", "y")
    assert found(alice, "seaweed") == ["Seaweed"]
    filing.rename(alice, conversation.id, "Algae")
    assert found(alice, "seaweed") == []
    assert found(alice, "algae") == ["Algae"]


ODD = [
    *('"', '""', '"" ""', "***", "*", ":", "a:", ":a", "model:", "is:", "before:2024-13", "^a", "{a}:", "\\"),
    *("'; DROP TABLE x; --", "' & |", "<->", "NEAR(a b)", "a AND", "NOT", '"a" OR', "%_%", ")"),
]
LONG = ["x" * 10_240, "kelp " * 2_000, '"' * 10_000, "(" * 5_000, "a:b " * 2_500, "\u6771" * 5_000]


@pytest.mark.parametrize("q", ["", "\0", "\ud800", *ODD, *LONG], ids=lambda q: ascii(q[:12]))
def test_whatever_is_asked_there_is_an_answer(alice: User, q: str) -> None:
    talk(alice, "Sea", "kelp", "fine")
    search(alice, q)
    search(alice, q, "nonsense")


@pytest.mark.parametrize("cursor", ["x", "W10=", "WzksIDAsIGZhbHNlXQ==", "bnVsbA==", "\udcff", "[" * 5000])
def test_a_cursor_that_makes_no_sense_begins_at_the_top(alice: User, cursor: str) -> None:
    talk(alice, "Sea", "kelp", "fine")
    assert titles(search(alice, "kelp", cursor).hits) == ["Sea"]


def test_common_words_with_a_rare_filter_are_looked_for_so_far(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.search.looking.MOST", 3)
    monkeypatch.setattr("conversations.search.looking.STEP", 2)
    oldest = talk(alice, "Sought", "kelp", "x", at=datetime(2020, 1, 1, tzinfo=UTC))
    filing.pin(alice, [oldest.id])
    for number in range(6):
        talk(alice, f"Other {number}", "kelp", "x", at=datetime(2021, 1, 1 + number, tzinfo=UTC))
    page = search(alice, "kelp is:pinned")
    assert (page.hits, len(page.notes)) == ([], 1)
    while page.older and not page.hits:
        page = search(alice, "kelp is:pinned", page.older)
    assert titles(page.hits) == ["Sought"]
    assert Conversation.objects.count() == 7


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="asks PostgreSQL for its plan")
def test_what_is_not_needed_calls_no_process_to_help(alice: User) -> None:
    for _ in range(60):
        talk(alice, "kelp", "kelp", "kelp")
    search(alice, "kelp")
    with CaptureQueriesContext(connection) as queries:
        search(alice, "kelp")
    [looked] = [query["sql"] for query in queries if "newest_t AS MATERIALIZED" in query["sql"]]
    with connection.cursor() as cursor:
        # As with a large table.
        for setting in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
            cursor.execute(f"SET LOCAL {setting} = 0")
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {looked}")
        plan = [row[0] for row in cursor.fetchall()]
    calls = [line for line in plan if "Gather" in line and "never executed" not in line]
    assert calls == []
