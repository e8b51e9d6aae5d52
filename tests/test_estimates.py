"""Estimated tokens, against true counts of o200k_base that were made once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.estimates import PER_MESSAGE, PER_PROMPT, estimate_prompt, estimate_tokens

ENGLISH = (
    "The database is the queue, the log and the lock. Pressing Send writes the user's message, the "
    "assistant's empty message and a row of the ledger in one transaction. Nothing else starts an answer."
)
PYTHON = (
    "def thread(self, leaf_id=None):\n"
    "    by_id = {message.id: message for message in self.messages.in_order()}\n"
    "    return path_to(by_id, leaf_id or self.active_leaf_id)\n"
)
CHINESE = "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。"


@pytest.mark.parametrize(
    ("text", "true"), [(ENGLISH, 41), (PYTHON, 40), (CHINESE, 37)], ids=["English", "Python", "Chinese"]
)
def test_estimates_are_near_a_real_tokenizer(text: str, true: int) -> None:
    assert estimate_tokens(text) == pytest.approx(true, rel=0.25)


def test_nothing_is_nothing() -> None:
    assert estimate_tokens("") == 0
    assert estimate_prompt([]) == 0


@given(st.text())
def test_any_text_has_an_estimate(text: str) -> None:
    assert (estimate_tokens(text) > 0) == bool(text)


@given(st.text(max_size=200), st.text(max_size=200))
def test_more_text_is_never_cheaper_by_much(first: str, second: str) -> None:
    # A run that is cut in two may cost a little more than whole.
    assert estimate_tokens(first + second) >= estimate_tokens(first) - 1


def test_what_a_model_taught_us_counts() -> None:
    assert estimate_tokens(ENGLISH, factor=2.0) == pytest.approx(2 * estimate_tokens(ENGLISH), abs=1)


def test_each_message_has_a_frame() -> None:
    question = {"role": "user", "content": "Hello"}
    assert estimate_prompt([question]) == PER_PROMPT + PER_MESSAGE + 1
    assert estimate_prompt([question, question]) == PER_PROMPT + 2 * (PER_MESSAGE + 1)


def test_only_the_texts_of_parts_count() -> None:
    parts = [
        {"type": "text", "text": "Hello"},
        {"type": "image_url", "image_url": {"url": "data:" + "x" * 9999}},
    ]
    assert estimate_prompt([{"role": "user", "content": parts}]) == PER_PROMPT + PER_MESSAGE + 1


@pytest.mark.parametrize("content", [None, 7, [None, "x", {"text": 5}]])
def test_odd_contents_have_no_text(content: object) -> None:
    assert estimate_prompt([{"role": "assistant", "content": content}]) == PER_PROMPT + PER_MESSAGE
