"""What was typed, as it is understood; words as they are cut; sentences as they are shown."""

import re
from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.search.excerpts import LENGTH, _found, _hit, excerpt
from conversations.search.query import Query, Term, parse
from conversations.search.words import fold, sought, words_of


def term(*words: str, prefix: bool = False) -> Term:
    return Term(words, prefix)


QUERIES: list[tuple[str, Query]] = [
    ("tide moon", Query(terms=(term("tide"), term("moon")), unfinished=True)),
    ('"spring tide" neap*', Query(terms=(term("spring", "tide"), term("neap", prefix=True)))),
    ('snake_case "open', Query(terms=(term("snake", "case"), term("open")), unfinished=True)),
    ("IS:Pinned status:failed", Query(states=frozenset({"pinned"}), statuses=frozenset({"failed"}))),
    ('model:gpt-4o tag:"two words"', Query(models=("gpt-4o",), tags=("two words",))),
    ("before:2024-05", Query(before=datetime(2024, 5, 1, tzinfo=UTC))),
    ("is:wrong", Query(terms=(term("is", "wrong"),), unfinished=True)),
    ("http://x.y", Query(terms=(term("http", "x", "y"),))),
    ("***", Query()),
]


@pytest.mark.parametrize(("text", "query"), QUERIES, ids=[text for text, _ in QUERIES])
def test_queries(text: str, query: Query) -> None:
    assert parse(text) == query


def test_what_is_too_long_is_cut_and_said() -> None:
    assert len(parse("word " * 5_000).terms) == 16
    assert len(parse("word " * 5_000).notes) == 2


@given(st.text(max_size=200))
def test_every_text_is_a_query(text: str) -> None:
    for found in parse(text).terms:
        assert found.words
        assert not set("".join(found.words)) & set(" \t\n\0'\"\\\\*")


@given(st.text(max_size=80))
def test_what_stands_in_a_text_is_found_by_it(text: str) -> None:
    words, may_go_on = sought(text)
    if words:
        assert not set("".join(words)) & set(" '\"\\\0")
        assert Term(tuple(words), may_go_on).stands_in(words_of(text))


def marked(text: str, q: str) -> str:
    pieces = excerpt(text, parse(q).terms)
    return "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces)


def test_the_sentence_that_matched_is_shown() -> None:
    text = "Nothing here. " * 40 + "The spring tide comes. After it the moon wanes. " + "More of it. " * 40
    shown = marked(text, '"spring tide" moon')
    assert shown.startswith("The [spring] [tide] comes. After it the [moon] wanes.")
    assert len(shown) <= LENGTH + 8
    assert marked("Où est le CAFÉ?\nIci.", "cafe") == "Où est le [CAFÉ]? Ici."
    assert (
        marked("\u79c1\u306f\u6771\u4eac\u90fd\u306b", "\u6771\u4eac")
        == "\u79c1\u306f[\u6771\u4eac]\u90fd\u306b"
    )
    assert marked("Only this.", "absent") == "Only this."
    assert marked("", "x") == ""


@given(st.text(max_size=400), st.text(max_size=10))
def test_an_excerpt_is_a_part_of_its_text(text: str, q: str) -> None:
    whole = " ".join(text.split())
    shown = "".join(piece.text for piece in excerpt(text, parse(q).terms))
    assert " ".join(shown.strip("\u2026").split()) in whole


@given(
    st.text("aAbB1_ .", max_size=40), st.sampled_from(["a", "ab a", "a b1", '"a b"', "bb \u6771", "b1 aa ba"])
)
def test_in_plain_text_the_words_that_match_are_found_without_looking_at_all(text: str, q: str) -> None:
    terms = parse(q).terms
    by_all = [
        (word.start(), word.end())
        for word in re.finditer(r"[A-Za-z0-9]+", text)
        if any(_hit(word, fold(word[0]), term) for term in terms)
    ]
    assert [(found.start, found.end) for found in _found(text, terms)] == by_all


@pytest.mark.parametrize("part", ["a", "a ", ". ", "\u6771", "!"])
def test_long_texts_are_cut_quickly(part: str) -> None:
    text = part * 300_000
    started = process_time()
    words_of(text)
    excerpt(text, parse("a b \u6771\u6771").terms)
    assert process_time() - started < 2
