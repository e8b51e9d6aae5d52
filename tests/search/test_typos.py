"""What was probably meant, where a search finds nothing: words of one's own texts, and nobody else's."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from conversations import trash
from conversations.search import search, typos
from tests.search.talks import talk

on_postgres = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs pg_trgm")
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("word", "expected"), [("wahle", "whale"), ("oceon", "ocean"), ("muler", "muller"), ("xylophone", "")]
)
def test_the_nearest_word_is_taken(word: str, expected: str) -> None:
    assert typos.nearest(word, ["the", "blue", "whale", "ocean", "currents", "muller"]) == expected


def test_a_word_of_a_question_is_meant_too(alice: User) -> None:
    talk(alice, "Currents", "How deep is the Pacific?", "Very")
    assert search(alice, "pacfic").meant == "pacific"
    assert search(alice, "how pacfic").meant == "how pacific"


@on_postgres
def test_of_all_titles_the_nearest_word_is_meant(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typos, "_NEWEST", 1)
    talk(alice, "Ocean currents", "x")
    for _ in range(3):
        talk(alice, "Other", "y")
    assert search(alice, "oceon").meant == "ocean"


def test_a_typo_leads_to_the_search_that_was_meant(as_alice: Client, alice: User) -> None:
    talk(alice, "Ocean currents & <b>", "How deep is it?")
    assert search(alice, "oceon").meant == "ocean"
    assert search(alice, "currents oceon").meant == "currents ocean"
    assert search(alice, "ocean").meant == ""
    page = as_alice.get("/search/", {"q": "oceon", "part": "1"}).content.decode()
    assert 'Did you mean <a href="/search/?q=ocean" dir="auto">ocean</a>?' in page


@pytest.mark.parametrize("q", ['"oceon"', "oce", "oceon xylophone", "model:oceon", "oceon*"])
def test_what_is_meant_as_it_stands_is_left_alone(alice: User, q: str) -> None:
    talk(alice, "Ocean currents", "How deep is it?")
    assert search(alice, q).meant == ""


def test_texts_of_others_and_of_the_trash_are_not_offered(alice: User, bob: User) -> None:
    talk(bob, "Ocean currents", "How deep?")
    assert search(alice, "oceon").meant == ""
    trash.put(alice, [talk(alice, "Ocean currents", "How deep?").id])
    assert search(alice, "oceon").meant == search(alice, "deip").meant == ""


@on_postgres
def test_who_may_not_install_the_extension_has_the_newest(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typos, "_NEWEST", 1)
    talk(alice, "Ocean currents", "How deep?")
    talk(alice, "Other", "y")
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE of_little_power")
        cursor.execute("SET LOCAL ROLE of_little_power")
        typos.ensure(None)
        cursor.execute("RESET ROLE")
    assert search(alice, "oceon").meant == ""
    typos.ensure(None)
    assert search(alice, "oceon").meant == "ocean"
