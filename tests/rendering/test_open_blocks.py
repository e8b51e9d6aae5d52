"""A streamed answer, block by block, is the same HTML as the whole."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.rendering import OpenBlocks, render
from tests.rendering.answers import ANSWERS, BINARY_SEARCH, CITED, PIECES

texts = st.lists(st.sampled_from(PIECES), max_size=16).map("".join) | st.lists(
    st.sampled_from(PIECES), max_size=10
).map("\n".join)


class Page:
    """What a page shows that applies every settled frame."""

    def __init__(self) -> None:
        self.blocks = OpenBlocks()
        self.html = ""
        self.fed = ""
        self.replaced = 0

    def take(self, piece: str) -> None:
        self.fed += piece
        self.blocks.feed(piece)
        settled = self.blocks.settle()
        if settled is None:
            return
        self.html = settled.html if settled.replace else self.html + settled.html
        self.replaced += settled.replace
        assert settled.rest == self.blocks.rest

    def check(self) -> None:
        assert self.html == self.blocks.html
        assert self.html + render(self.blocks.rest) == render(self.fed)


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


@settings(max_examples=400, deadline=None)
@given(texts, st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_any_text_in_any_pieces_is_the_whole(text: str, sizes: list[int]) -> None:
    page, start = Page(), 0
    while start < len(text):
        size = sizes[start % len(sizes)]
        page.take(text[start : start + size])
        page.check()
        start += size
    assert page.blocks.whole() == render(text)


@pytest.mark.parametrize("text", ANSWERS)
@pytest.mark.parametrize("size", [1, 5, 64, 100_000])
def test_every_prefix_of_an_answer_is_the_whole_of_that_prefix(text: str, size: int) -> None:
    page = Page()
    for piece in pieces(text, size):
        page.take(piece)
        page.check()
    assert page.blocks.whole() == render(text)


def test_each_finished_block_leaves_the_open_text() -> None:
    page = Page()
    page.take("One.\n\nTwo")
    assert (page.html, page.blocks.rest) == (render("One."), "Two")
    page.take(" and more")
    assert page.blocks.rest == "Two and more"
    page.take(".\n\n")
    assert page.blocks.rest == ""


def test_a_code_block_settles_when_its_fence_closes() -> None:
    page = Page()
    page.take("See:\n```py\nx = 1\n\ny = 2\n")
    assert page.blocks.rest.startswith("```py")
    page.take("```\n")
    assert page.blocks.rest == ""


def test_a_list_settles_when_something_else_begins() -> None:
    page = Page()
    page.take("- a\n- b\n\n")
    assert page.html == ""
    page.take("Text\n")
    assert page.html == render("- a\n- b")


def test_a_late_definition_takes_back_what_mentions_it_once() -> None:
    page = Page()
    for piece in pieces(CITED, 3):
        page.take(piece)
        page.check()
    assert page.replaced == 1
    assert page.html == ""
    assert 'href="https://example.org/boiling"' in page.blocks.whole()


def test_brackets_that_define_nothing_take_nothing_back() -> None:
    page = Page()
    for piece in pieces(BINARY_SEARCH * 3, 4):
        page.take(piece)
    assert page.replaced == 0
    assert page.blocks.rest.count("\n") < 8


def test_a_definition_and_what_follows_stay_open() -> None:
    page = Page()
    page.take("Intro.\n\n[a]: https://example.org\n\nSee [a].\n\nMore.\n\n")
    assert page.html == render("Intro.")
    page.check()


def test_false_alarms_are_few() -> None:
    page = Page()
    page.take("[x] mentioned\n\n")
    for _ in range(50):
        page.take("- a\n\n      [x]: in indented code\n\nText [x]\n\n")
        page.check()
    assert page.replaced <= 3


def test_nothing_fed_nothing_settled() -> None:
    blocks = OpenBlocks()
    blocks.feed("")
    assert blocks.settle() is None
    assert (blocks.html, blocks.rest, blocks.whole()) == ("", "", "")
