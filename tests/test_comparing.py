"""Which words only one of two texts has."""

from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from conversations.comparing import MOST_WORDS, Piece, compare


def test_words_are_compared_not_letters() -> None:
    found = compare("The red cat sat.\nSame.\n", "The black cat sat down.\nSame.\n")
    assert found.first == [Piece("The "), Piece("red", own=True), Piece(" cat sat.\nSame.\n")]
    assert found.second == [
        Piece("The "),
        Piece("black", own=True),
        Piece(" cat sat"),
        Piece(" down", own=True),
        Piece(".\nSame.\n"),
    ]
    assert 0.7 < found.alike < 1


def test_equal_and_empty_texts_are_wholly_alike() -> None:
    assert compare("a\n", "a\n").alike == compare("", "").alike == 1
    assert compare("", "a") == compare("", "a")
    assert compare("", "a").second == [Piece("a", own=True)]


def test_nothing_alike() -> None:
    found = compare("one", "two")
    assert (found.first, found.second, found.alike) == ([Piece("one", own=True)], [Piece("two", own=True)], 0)


@given(st.text("ab \n<&", max_size=60), st.text("ab \n<&", max_size=60))
def test_no_character_is_lost_or_made_up(first: str, second: str) -> None:
    found = compare(first, second)
    assert "".join(piece.text for piece in found.first) == first
    assert "".join(piece.text for piece in found.second) == second
    assert 0 <= found.alike <= 1


def test_huge_texts_cost_little() -> None:
    first = "word " * 40_000
    second = "other " * 40_000
    start = process_time()
    compare(first, second)
    compare("a\n" * 100_000, "b\na\n" * 50_000)
    compare("\n".join(map(str, range(15_000))), "\n".join(map(str, range(5_000, 20_000))))
    assert process_time() - start < 5
    assert MOST_WORDS < 40_000
