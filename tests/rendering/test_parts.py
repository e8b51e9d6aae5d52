"""A long answer stands in parts, whoever makes them."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.rendering import OpenBlocks, in_parts, render, render_in_parts
from conversations.rendering.document import parse, to_html
from conversations.rendering.parts import BLOCKS
from tests.rendering.answers import ANSWERS, PIECES

texts = st.lists(st.sampled_from(PIECES), max_size=16).map("\n".join)


class Outermost(HTMLParser):
    """Counts the elements that stand in no other, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.depth = self.elements = 0
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements += self.depth == 0
        self.depth += tag not in {"br", "hr", "input"}

    def handle_endtag(self, tag: str) -> None:
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.depth == 0:
            self.text += data.strip()


def blocks_of(text: str) -> list[str]:
    return to_html(*parse(text))


@settings(max_examples=300, deadline=None)
@given(texts)
def test_each_block_of_any_text_is_one_element(text: str) -> None:
    found = [Outermost(html) for html in blocks_of(text)]
    assert [(each.elements, each.depth, each.text) for each in found] == [(1, 0, "")] * len(found)


@pytest.mark.parametrize("text", ANSWERS)
def test_a_short_answer_has_no_parts(text: str) -> None:
    assert render_in_parts(text) == render(text)


def test_the_first_blocks_stand_as_they_are_and_the_others_in_parts() -> None:
    blocks = [f"<p>{number}</p>\n" for number in range(2 * BLOCKS + 1)]
    first, second = "".join(blocks[BLOCKS : 2 * BLOCKS]), blocks[-1]
    parted = f'<div class="part">{first}</div><div class="part">{second}</div>'
    assert in_parts(blocks) == "".join(blocks[:BLOCKS]) + parted


def test_what_settles_is_the_beginning_of_the_whole() -> None:
    text = "".join(f"Paragraph {number}.\n\n- a\n- b\n\n" for number in range(BLOCKS))
    streamed = OpenBlocks()
    for character in text:
        streamed.feed(character)
        streamed.settle()
        assert streamed.blocks == blocks_of(text)[: len(streamed.blocks)]
    assert len(streamed.blocks) > BLOCKS
