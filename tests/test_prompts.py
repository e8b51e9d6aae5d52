"""What the upstream is sent."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from conversations.prompts import BEGINNING, Turn, messages_for, request_body

WORDS = st.text(max_size=8) | st.sampled_from(["", " ", "\n", "Hi", "0"])
THREADS = st.lists(
    st.builds(Turn, st.sampled_from(["user", "assistant", "tool", "system"]), WORDS), max_size=12
)


def test_turns_become_messages_with_the_system_prompt_first() -> None:
    turns = [Turn("user", "Hi"), Turn("assistant", "Hello"), Turn("user", "Bye")]
    assert messages_for(turns, system_prompt="Be brief.") == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "Bye"},
    ]


def test_an_answer_without_text_is_left_out_and_the_questions_meet() -> None:
    turns = [Turn("user", "Hi"), Turn("assistant", ""), Turn("user", "Hi again")]
    assert messages_for(turns) == [{"role": "user", "content": "Hi\n\nHi again"}]


def test_usage_is_asked_for() -> None:
    body = request_body("alpha", [])
    assert (body["stream"], body["stream_options"]) == (True, {"include_usage": True})


def test_questions_after_failed_answers_only_become_one() -> None:
    turns = [
        Turn("user", "a"),
        Turn("assistant", " "),
        Turn("user", "b"),
        Turn("assistant", ""),
        Turn("user", "c"),
    ]
    assert messages_for(turns) == [{"role": "user", "content": "a\n\nb\n\nc"}]


def test_results_of_tools_are_left_out_and_the_answers_meet() -> None:
    turns = [Turn("user", "a"), Turn("assistant", "b"), Turn("tool", "{}"), Turn("assistant", "c")]
    assert messages_for(turns)[1:] == [{"role": "assistant", "content": "b\n\nc"}]


def test_a_conversation_that_begins_with_an_answer_gets_a_beginning() -> None:
    turns = [Turn("assistant", "Welcome."), Turn("user", "Hi")]
    roles = [message["role"] for message in messages_for(turns, system_prompt="Be brief.")]
    assert roles == ["system", "user", "assistant", "user"]
    assert messages_for(turns)[0] == {"role": "user", "content": BEGINNING}


@given(THREADS, WORDS)
def test_whatever_the_thread_the_messages_follow_the_rules(turns: list[Turn], prompt: str) -> None:
    messages = messages_for(turns, system_prompt=prompt)
    assert all(message["content"].strip() for message in messages)
    roles = [message["role"] for message in messages]
    assert "tool" not in roles
    assert all(before != after for before, after in pairwise(roles))
    # An answer always has a question right before it.
    assert all(before == "user" for before, after in pairwise(["", *roles]) if after == "assistant")
    if prompt.strip():
        assert messages[0]["role"] == "system"
        assert messages[0]["content"].startswith(prompt)


@given(THREADS, WORDS)
def test_nothing_that_was_said_is_lost_or_moved(turns: list[Turn], prompt: str) -> None:
    said = [turn.content for turn in turns if turn.role != "tool" and turn.content.strip()]
    messages = messages_for(turns, system_prompt=prompt)
    sent = "\n\n".join(message["content"] for message in messages if message["content"] != BEGINNING)
    assert sent == "\n\n".join([*([prompt] if prompt.strip() else []), *said])
