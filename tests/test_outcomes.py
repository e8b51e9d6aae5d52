"""Each way in which an answer ends has its words and the one thing to do about it."""

import pytest

from conversations.models import Message
from conversations.models.status import FINAL
from conversations.outcomes import OF_THE_QUESTION, Action, can_go_on, outcome_of


def answer(status: str, content: str = "Half", **fields: object) -> Message:
    return Message(role="assistant", status=status, content=content, **fields)


@pytest.mark.parametrize(
    ("message", "words", "action"),
    [
        (answer("complete", finish_reason="stop"), "Complete", Action.NOTHING),
        (answer("complete", ""), "Complete", Action.NOTHING),
        (answer("complete", finish_reason="tool_calls"), "Complete", Action.NOTHING),
        (answer("complete", finish_reason="length"), "Cut off at the limit", Action.CONTINUE),
        (answer("complete", "", finish_reason="length"), "Cut off at the limit", Action.RETRY),
        (answer("complete", finish_reason="content_filter"), "Cut off by a filter", Action.EDIT),
        (answer("stopped"), "Stopped", Action.CONTINUE),
        (answer("stopped", "", reasoning="Hm"), "Stopped", Action.RETRY),
        (answer("interrupted"), "Interrupted", Action.CONTINUE),
        (answer("interrupted", " \n"), "Interrupted", Action.RETRY),
        (answer("failed", error_kind="server"), "Failed", Action.RETRY),
        (answer("failed", "", error_kind="too_long"), "Failed", Action.EDIT),
        (answer("queued"), "", Action.NOTHING),
        (answer("streaming"), "", Action.NOTHING),
        (Message(role="user", content="Hi"), "", Action.NOTHING),
    ],
)
def test_an_outcome_in_words_and_what_to_do(message: Message, words: str, action: Action) -> None:
    outcome = outcome_of(message)
    assert (str(outcome.words), outcome.action) == (words, action)


def test_every_final_status_has_words() -> None:
    assert all(str(outcome_of(answer(status)).words) for status in FINAL)


@pytest.mark.parametrize("status", FINAL)
@pytest.mark.parametrize("content", ["", "Half"])
@pytest.mark.parametrize("reason", ["", "stop", "length", "content_filter"])
def test_continue_is_offered_only_where_it_is_possible(status: str, content: str, reason: str) -> None:
    message = answer(status, content, finish_reason=reason)
    assert can_go_on(message) or outcome_of(message).action != Action.CONTINUE


def test_a_failed_answer_with_text_may_go_on_too() -> None:
    assert can_go_on(answer("failed"))
    assert not can_go_on(answer("failed", refusal="No."))
    assert not can_go_on(answer("streaming"))
    assert "too_long" in OF_THE_QUESTION
