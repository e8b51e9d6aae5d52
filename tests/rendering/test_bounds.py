"""However hostile the text, its cost is bounded. The limits are for a busy machine: ours takes a tenth."""

from time import process_time

import pytest

from conversations.rendering import OpenBlocks, render

HOSTILE = {
    "one paragraph": "word " * 40_000,
    "one word": "x" * 200_000,
    "nested quotes": ">" * 10_000 + " x",
    "nested lists": "- " * 10_000 + "x",
    "brackets": "[" * 50_000,
    "a bracket": "[" + "word " * 40_000,
    "a definition": "[a]: http://x.y " + "word " * 40_000,
    "pictures": "![" * 50_000,
    "nested links": "[" * 20_000 + "](http://x.y)" * 20_000,
    "links": "[a](http://x.y)" * 5_000,
    "emphasis": "*a _b **c " * 10_000,
    "backticks": "".join("`" * count + " " for count in range(500)),
    "dollars": "$a" * 50_000,
    "formulas": "\\(" * 50_000,
    "open formulas": "$$ x\n" * 20_000,
    "footnotes": "[^1]: n\n\n" + "[^" * 50_000,
    "definitions": "".join(f"[a{number}]: http://x.y\n" for number in range(3_000)),
    "addresses": "http://" * 10_000,
    "mail": "a@" * 40_000,
    "lines": "a\n" * 50_000,
    "items": "- a\n\n" * 10_000,
    "rows": "|a|b|\n|-|-|\n" + "|c|d|\n" * 8_000,
    "columns": "|" * 5_000 + "\n" + "|-" * 5_000 + "|\n" + "|\n" * 3_000,
    "fence": "```py\n" + "x = f(1)  # c\n" * 14_000,
    "fences": "```py\nx = 1\n```\n" * 4_000,
    "colons": "]:" * 50_000,
    "fences after a list": "- a\n ```\n" + "code\n\nmore\n" * 10_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_rendered_in_bounded_time(name: str) -> None:
    started = process_time()
    render(HOSTILE[name])
    assert process_time() - started < 10


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_stream_in_bounded_time(name: str) -> None:
    text, blocks = HOSTILE[name], OpenBlocks()
    started = process_time()
    for start in range(0, len(text), 5):
        blocks.feed(text[start : start + 5])
        blocks.settle()
    assert process_time() - started < 10


def test_a_piece_without_a_newline_costs_next_to_nothing() -> None:
    blocks = OpenBlocks()
    started = process_time()
    for _ in range(100_000):
        blocks.feed("word ")
        blocks.settle()
    assert process_time() - started < 1  # 0.3 µs a piece when nothing else runs
