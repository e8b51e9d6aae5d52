"""What the upstream is sent."""

from conversations.prompts import Turn, messages_for, request_body


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
