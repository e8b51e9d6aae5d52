"""Rules that are asked only where they may apply find the same as rules that are asked everywhere."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conversations.rendering.parser import complete_parser, parser
from tests.rendering.answers import ANSWERS, PIECES
from tests.rendering.payloads import PAYLOADS

COMPLETE = complete_parser()
MARKS = st.text(alphabet=f"{string.punctuation}{string.digits}ab \n\t\u00e9\u2028", max_size=60)
PARTS = st.lists(st.sampled_from([*PIECES, "\n", "> ", "- ", "1. ", "    "]) | MARKS, max_size=14)


def parsed(md: MarkdownIt, text: str) -> tuple[list[str], str]:
    env: dict[str, object] = {}
    tokens = md.parse(text, env)
    return [repr(token) for token in tokens], repr(env)


@pytest.mark.parametrize("text", [*ANSWERS, *PAYLOADS], ids=lambda text: text[:20])
def test_what_models_write_is_parsed_the_same(text: str) -> None:
    assert parsed(parser(), text) == parsed(COMPLETE, text)


@settings(max_examples=300, deadline=None)
@given(PARTS.map("".join) | PARTS.map("\n".join) | MARKS)
def test_what_nobody_would_write_is_parsed_the_same(text: str) -> None:
    assert parsed(parser(), text) == parsed(COMPLETE, text)


def test_most_rules_are_left_out() -> None:
    assert [len(parser().block.ruler.getRules(chain)) for chain in ("", "paragraph", "list")] == [1, 1, 1]
    assert len(COMPLETE.block.ruler.getRules("")) > 10
    assert "#" not in parser().inline.terminator_re.pattern
