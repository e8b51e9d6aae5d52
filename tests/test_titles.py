"""What a conversation is called."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.titles import plain_title

TITLES = [
    ("What is 2*3*4 in snake_case_name?", "What is 2*3*4 in snake_case_name?"),
    ("# Hello **world**, _again_", "Hello world, again"),
    ("How do I `pip install` [it](https://x.y)?", "How do I pip install it?"),
    ("Fix this:\n```py\nx = 1\n```\nplease", "Fix this: please"),
    ("```py\nprint(1)\n```", "print(1)"),
    ("> quote\n> more", "quote more"),
    ("- [ ] first\n- second", "first second"),
    ("Title\n=====\n\n---\nbody", "Title body"),
    ("__init__.py fails with **kwargs", "__init__.py fails with **kwargs"),
    ("a\u202eb\U000e0041c\u200bd\x00e\ud800f", "abcdef"),
    ("\x1b[31mred\x1b[0m", "red"),
    ("  many \t\r\n  spaces\u00a0\u3000here ", "many spaces here"),
    ("a < b && <script>", "a < b && <script>"),
    ("\n\u202e\n", ""),
    ("", ""),
]


@pytest.mark.parametrize(("text", "title"), TITLES)
def test_titles(text: str, title: str) -> None:
    assert plain_title(text) == title


def test_a_long_question_is_cut_at_a_word() -> None:
    title = plain_title("word " * 40)
    assert title == "word " * 15 + "word…"
    assert plain_title("A sentence, and more of it", 13) == "A sentence…"


def test_an_endless_word_is_cut_where_the_space_ends() -> None:
    assert plain_title("x" * 200, 10) == "x" * 9 + "…"
    assert plain_title("x" * 10, 10) == "x" * 10


@given(st.text(max_size=300), st.integers(2, 100))
def test_a_title_is_one_line_within_its_limit(text: str, limit: int) -> None:
    title = plain_title(text, limit)
    assert len(title) <= limit
    assert title == " ".join(title.split())


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "*a " * 60_000, "```\n" * 50_000, "_" * 200_000, "> " * 90_000]
)
def test_hostile_questions_are_named_quickly(text: str) -> None:
    started = process_time()
    plain_title(text)
    assert process_time() - started < 2
