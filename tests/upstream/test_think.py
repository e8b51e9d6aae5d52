"""Think tags at the start of a content; everything else is text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.upstream.think import MAX_HELD, ThinkSplitter


def split(*pieces: str) -> tuple[str, str]:
    splitter = ThinkSplitter()
    parts = [splitter.feed(piece) for piece in pieces] + [splitter.end()]
    return "".join(part[0] for part in parts), "".join(part[1] for part in parts)


@pytest.mark.parametrize(
    ("text", "content", "reasoning"),
    [
        ("plain", "plain", ""),
        ("<think>why</think>so", "so", "why"),
        ("\n<think>\nwhy\n</think>\n\nso\n", "so\n", "why"),
        ("<THINKING>why</Thinking>so", "so", "why"),
        ("<thought>a < b </thin c</thought>so", "so", "a < b </thin c"),
        ("<think>\n\n</think>\n\nso", "so", ""),
        ("<think>never closed </thi", "", "never closed </thi"),
        ("<think></think>", "", ""),
        ("<think>a</think>so <think>b</think>", "so <think>b</think>", "a"),
        ("<thin", "<thin", ""),
        ("  ", "  ", ""),
        ("<thimble>", "<thimble>", ""),
        ("", "", ""),
        (" " * (MAX_HELD + 1) + "x", " " * (MAX_HELD + 1) + "x", ""),
    ],
)
def test_the_text_means(text: str, content: str, reasoning: str) -> None:
    assert split(text) == (content, reasoning)
    assert split(*text) == (content, reasoning)


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<", "th", "İ", " ", "\n", "a", "</", "think>"])),
    st.data(),
)
def test_any_pieces_give_the_same(tokens: list[str], data: st.DataObject) -> None:
    text = "".join(tokens)
    cut = data.draw(st.integers(0, len(text)))
    assert split(text[:cut], text[cut:]) == split(text) == split(*text)


def test_blank_space_without_end_is_not_held_for_ever() -> None:
    splitter = ThinkSplitter()
    assert splitter.feed("<think>a") == ("", "a")
    assert splitter.feed(" " * (MAX_HELD + 1))[1]
    assert ThinkSplitter().feed(" " * (MAX_HELD + 1))[0]
