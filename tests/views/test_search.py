"""The search page: results that lead to their sentence, also with a script's half of it only."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations.models import Message
from tests.search.talks import talk


def test_a_result_shows_its_sentence_with_the_words_marked(as_alice: Client, alice: User) -> None:
    text = "First <b>this</b>. Then the Tide & the moon turn. And so on."
    talk(alice, "Sea", "x", text)
    page = as_alice.get("/search/", {"q": "tide moon"}).content.decode()
    assert "Then the <mark>Tide</mark> &amp; the <mark>moon</mark> turn." in page
    assert "<b>this" not in page
    answer = Message.objects.get(role="assistant")
    assert f"?m={answer.id}#m-{answer.id}" in page


@pytest.mark.parametrize("q", ["", '"', "nothing such", "<script>", "x" * 10_240, "\0", "is:", "%"])
def test_whatever_is_asked_is_answered(as_alice: Client, alice: User, q: str) -> None:
    talk(alice, "Sea", "kelp", "fine")
    for part in ("", "1"):
        response = as_alice.get("/search/", {"q": q, "part": part, "after": "nonsense"})
        assert response.status_code == 200
        assert "<script>" not in response.content.decode().split("<main")[-1]


def test_the_part_is_the_list_alone(as_alice: Client, alice: User) -> None:
    talk(alice, "Sea", "kelp", "fine")
    part = as_alice.get("/search/", {"q": "kelp", "part": "1"}).content.decode()
    assert "<mark>kelp</mark>" in part
    assert "<main" not in part
    assert "Nothing was found." in as_alice.get("/search/", {"q": "zebra"}).content.decode()


def test_more_results_are_a_link_away(as_alice: Client, alice: User) -> None:
    for number in range(21):
        talk(alice, f"Number {number}", "kelp", "fine", at=datetime(2026, 1, 1 + number, tzinfo=UTC))
    first = as_alice.get("/search/", {"q": "kelp"}).content.decode()
    assert "Number 0<" not in first.split("<main")[1]
    link = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    rest = as_alice.get(link).content.decode().split("<main")[1]
    assert rest.count("data-result>") == 1
    assert "Number 0" in rest


def test_only_mine_and_only_signed_in(as_bob: Client, client: Client, alice: User) -> None:
    talk(alice, "Sea", "kelp", "fine")
    assert "Nothing was found." in as_bob.get("/search/", {"q": "kelp"}).content.decode()
    assert client.get("/search/?q=kelp").status_code == 302
    assert as_bob.post("/search/").status_code == 405


def test_a_result_opens_its_branch(as_alice: Client, alice: User) -> None:
    conversation = talk(alice, "Sea", "One?", "First answer", "And?", "Further")
    question = Message.objects.get(content="One?")
    other = Message.objects.create(
        conversation=conversation, parent=question, role="assistant", content="Another answer"
    )
    page = as_alice.get(f"/conversations/{conversation.id}/").content.decode()
    assert "Another answer" not in page
    page = as_alice.get(f"/conversations/{conversation.id}/?m={other.id}").content.decode()
    assert "Another answer" in page
    assert "Further" not in page
    back = Message.objects.get(content="First answer")
    page = as_alice.get(f"/conversations/{conversation.id}/?m={back.id}").content.decode()
    assert "Further" in page
    for nonsense in ("x", "00000000-0000-0000-0000-000000000000"):
        page = as_alice.get(f"/conversations/{conversation.id}/?m={nonsense}").content.decode()
        assert "Further" in page


def test_a_search_costs_a_fixed_number_of_queries(as_alice: Client, alice: User) -> None:
    counts = []
    for number in (1, 15):
        for _ in range(number):
            talk(alice, "Sea", "kelp", "kelp", "kelp", "kelp")
        as_alice.get("/search/?q=sea")
        with CaptureQueriesContext(connection) as queries:
            as_alice.get("/search/?q=kelp&part=1")
        counts.append(len(queries))
    # PostgreSQL looks through all tiers at once. The word may be unfinished: it is looked for twice.
    most = 10 if connection.vendor == "postgresql" else 14
    assert counts[0] == counts[1] <= most
