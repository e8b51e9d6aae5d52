"""Every kind of node in ChatGPT's export, and trees of any shape."""

from typing import Any

import pytest

from conversations.importing import chatgpt as reader
from conversations.importing.talks import Talk, Unfit
from tests.transfer.exports import chatgpt, message, node

HIDDEN = {"is_visually_hidden_from_conversation": True}


def line(*messages: dict[str, Any] | None) -> Talk:
    """A conversation without branches."""
    keys = [f"n{number}" for number in range(len(messages))]
    parents = [None, *keys[:-1]]
    nodes = [node(key, parent, said) for key, parent, said in zip(keys, parents, messages, strict=True)]
    return reader.read(chatgpt(*nodes))


def said(talk: Talk) -> list[tuple[str, str]]:
    return [(each.role, each.content) for each in talk.messages]


def content(kind: str, **fields: Any) -> dict[str, Any]:
    return {"content_type": kind, **fields}


QUESTION = message("user", "Q")


@pytest.mark.parametrize(
    ("role", "told", "words"),
    [
        ("user", content("text", parts=["one", "", "two"]), "one\n\ntwo"),
        ("assistant", content("code", language="python", text="1 + 1"), "```python\n1 + 1\n```"),
        ("assistant", content("code", language="unknown", text="```\nx"), "````\n```\nx\n````"),
        ("tool", content("execution_output", text="2"), "2"),
        ("tool", content("tether_browsing_display", result="Found", summary="S"), "Found"),
        ("tool", content("tether_quote", title="T", url="https://e.org", text="x"), "T\nhttps://e.org\n\nx"),
        ("tool", content("sonic_webpage", title="T", url="https://e.org", text="x"), "T\nhttps://e.org\n\nx"),
        ("tool", content("system_error", name="Timeout", text="Too slow"), "Timeout: Too slow"),
        ("tool", content("citable_code_output", output_str="3"), "3"),
        ("tool", content("computer_output", screenshot={}), "[Screenshot]"),
        ("assistant", content("something_new", text="New"), "New"),
        ("assistant", content("text", parts=["A\ue200cite\ue202turn0\ue201 b"]), "A b"),
        ("system", content("text", parts=["Seen by people"]), "Seen by people"),
        ("user", content("text", parts=["nul \x00 half \ud800"]), "nul \ufffd half ?"),
    ],
)
def test_a_kind_of_content_becomes_text(role: str, told: dict[str, Any], words: str) -> None:
    assert said(line(QUESTION, message(role, told)))[1] == (role, words)


def test_what_is_not_text_leaves_its_place_behind() -> None:
    parts = [
        {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"},
        {"content_type": "image_asset_pointer", "metadata": {"dalle": {"prompt": "a cat"}}},
        {"content_type": "audio_transcription", "text": "spoken"},
        {"content_type": "audio_asset_pointer"},
        {"content_type": "real_time_user_audio_video_asset_pointer"},
        {"content_type": "video_container_asset_pointer"},
        "typed",
        5,
    ]
    files = {"attachments": [{"name": "a.pdf"}, "odd"]}
    talk = line(message("user", content("multimodal_text", parts=parts), metadata=files))
    expected = [
        "[Image]",
        "[Image: a cat]",
        "spoken",
        "[Audio]",
        "[Audio]",
        "[Video]",
        "typed",
        "[File: a.pdf]",
    ]
    assert said(talk)[0][1].split("\n\n") == expected


def test_thinking_belongs_to_the_answer_that_follows() -> None:
    thoughts = content("thoughts", thoughts=[{"summary": "Plan", "content": "First…"}, "odd"])
    recap = content("reasoning_recap", content="Thought for 5 seconds")
    talk = line(
        QUESTION, message("assistant", thoughts), message("assistant", recap), message("assistant", "A")
    )
    assert said(talk) == [("user", "Q"), ("assistant", "A")]
    assert talk.messages[1].reasoning == "Plan\n\nFirst…\n\nThought for 5 seconds"
    assert talk.messages[1].parent == talk.messages[0].key
    for rest in ((), (message("user", "Hello?"),)):
        cut = line(QUESTION, message("assistant", thoughts), *rest)
        assert (cut.messages[1].role, cut.messages[1].reasoning) == ("assistant", "Plan\n\nFirst…")
        assert cut.active == cut.messages[-1].key


def test_what_people_never_saw_is_left_out() -> None:
    talk = line(
        None,
        message("system", "", metadata=HIDDEN),
        message("user", content("user_editable_context", user_profile="P", user_instructions="I")),
        message("assistant", content("model_editable_context", model_set_context="M")),
        message("system", "You are", weight=0.0),
        QUESTION,
        message("assistant", ""),
        message("critic", "no such role"),
        message("assistant", "A"),
    )
    assert said(talk) == [("user", "Q"), ("assistant", "A")]
    assert talk.messages[1].parent == talk.messages[0].key
    assert talk.notes == []


def test_branches_stay_and_the_shown_one_is_shown() -> None:
    nodes = [
        node("root", None, None),
        node("q", "root", QUESTION),
        node("a1", "q", message("assistant", "first")),
        node("a2", "q", message("assistant", "second")),
        node("end", "a1", message("system", "", metadata=HIDDEN)),
    ]
    talk = reader.read(chatgpt(*nodes))
    assert [(each.key, each.parent) for each in talk.messages] == [("q", None), ("a1", "q"), ("a2", "q")]
    assert talk.active == "a1"


def test_how_it_ended() -> None:
    for ended, status, reason in (
        ("stop", "complete", "stop"),
        ("max_tokens", "complete", "length"),
        ("interrupted", "stopped", ""),
        (["odd"], "complete", ""),
    ):
        details = {"finish_details": {"type": ended}}
        answer = line(QUESTION, message("assistant", "A", metadata=details)).messages[1]
        assert (answer.status, answer.finish_reason) == (status, reason)
    assert line(QUESTION, message("assistant", "A", status="in_progress")).messages[1].status == "interrupted"


def test_a_circle_and_a_missing_parent_lose_nothing_else() -> None:
    nodes = [
        node("q", "nowhere", QUESTION),
        node("x", "y", message("assistant", "round")),
        node("y", "x", message("assistant", "and round")),
    ]
    talk = reader.read(chatgpt(*nodes, current_node="x"))
    assert said(talk) == [("user", "Q")]
    assert talk.active is None
    assert talk.notes == ["2 parts that hang on nothing were left out."]


def test_ten_thousand_messages_in_a_row() -> None:
    assert len(line(*[message("user", str(n)) for n in range(10_000)]).messages) == 10_000


ODD: list[Any] = [None, 5, "x", [], {}, True, float("nan"), -1e300, 10**400, "\x00", ["x"]]


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    "path",
    [
        ("title",), ("create_time",), ("update_time",), ("current_node",), ("conversation_id",),
        ("default_model_slug",), ("mapping", "a"), ("mapping", "a", "parent"), ("mapping", "a", "message"),
        ("mapping", "a", "message", "author"), ("mapping", "a", "message", "author", "role"),
        ("mapping", "a", "message", "content"), ("mapping", "a", "message", "content", "content_type"),
        ("mapping", "a", "message", "content", "parts"), ("mapping", "a", "message", "metadata"),
        ("mapping", "a", "message", "metadata", "model_slug"), ("mapping", "a", "message", "create_time"),
        ("mapping", "a", "message", "weight"), ("mapping", "a", "message", "status"),
    ],
    ids=".".join,
)  # fmt: skip
def test_wrong_types_break_nothing(path: tuple[str, ...], odd: Any) -> None:
    whole = chatgpt()
    place: Any = whole
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = odd
    try:
        talk = reader.read(whole)
    except Unfit:
        return
    assert all(each.content.encode() is not None for each in talk.messages)
