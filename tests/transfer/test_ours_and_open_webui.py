"""Our own export and Open WebUI's, whole and with wrong types everywhere."""

import copy
from typing import Any

import pytest

from conversations.importing import open_webui as webui
from conversations.importing import ours
from conversations.importing.talks import Unfit, moment
from tests.transfer.exports import open_webui

ODD: list[Any] = [None, 5, -1, 2**40, "x", [], {}, True, float("nan"), 10**400, "\x00", ["x"], {"a": 1}]


def export() -> dict[str, Any]:
    told = {
        "id": "m1", "parent": None, "role": "user", "content": "Q", "created_at": "2024-05-01T10:00:00Z",
    }  # fmt: skip
    answer = {
        **told, "id": "m2", "parent": "m1", "role": "assistant", "content": "A", "reasoning": "R",
        "refusal": "F",
        "tool_calls": [{"id": "c", "name": "n", "arguments": "{}"}], "model": "alpha", "status": "streaming",
        "finish_reason": "stop", "error": "E", "ttft_ms": 5, "duration_ms": 6,
        "parameters": {"temperature": 0.5},
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "source": "reported"},
    }  # fmt: skip
    return {
        "id": "c1", "title": "T", "model": "alpha", "system_prompt": "S", "parameters": {"seed": 1},
        "active": "m2", "created_at": "2024-05-01T10:00:00Z", "messages": [told, answer],
    }  # fmt: skip


def test_everything_of_ours_comes_back() -> None:
    talk = ours.read(export())
    answer = talk.messages[1]
    assert (talk.system_prompt, talk.parameters, talk.active) == ("S", {"seed": 1}, "m2")
    assert (answer.reasoning, answer.refusal, answer.error) == ("R", "F", "E")
    assert answer.status == "interrupted"
    assert answer.usage == {
        "prompt_tokens": 1,
        "completion_tokens": 2,
        "total_tokens": 3,
        "source": "reported",
    }
    assert (answer.ttft_ms, answer.duration_ms, answer.parameters) == (5, 6, {"temperature": 0.5})
    assert answer.tool_calls == [{"id": "c", "name": "n", "arguments": "{}"}]


def test_open_webui_branches_thinking_and_archive() -> None:
    talk = webui.read(open_webui())
    assert [(each.key, each.parent) for each in talk.messages] == [("u1", None), ("a1", "u1"), ("a2", "u1")]
    assert (talk.messages[2].content, talk.messages[2].reasoning) == ("The moon.", "The moon.")
    assert (talk.active, talk.model, talk.archived, talk.pinned) == ("a2", "qwen", True, False)
    bare = webui.read({**open_webui()["chat"], "id": "b"})
    assert (bare.title, bare.source_id) == ("Why", "b")


def test_open_webui_errors_images_and_parts() -> None:
    whole = open_webui()
    told = whole["chat"]["history"]["messages"]
    told["a1"] |= {"error": {"content": "Out of memory"}}
    told["u1"] |= {
        "content": [{"type": "text", "text": "See"}],
        "files": [{"type": "image"}, {"name": "a.txt"}],
    }
    question, answer, _ = webui.read(whole).messages
    assert question.content == "See\n\n[Image]\n\n[File: a.txt]"
    assert (answer.status, answer.error) == ("failed", "Out of memory")


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a structure something else could stand."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [place for name, inner in steps for place in places(inner, (*path, name))]
    return [path, *below] if path else below


@pytest.mark.parametrize(("reader", "whole"), [(ours, export()), (webui, open_webui())])
def test_wrong_types_break_nothing(reader: Any, whole: dict[str, Any]) -> None:
    for path in places(whole):
        for odd in ODD:
            changed = copy.deepcopy(whole)
            place: Any = changed
            for name in path[:-1]:
                place = place[name]
            place[path[-1]] = odd
            if not reader.is_it(changed):
                continue
            try:
                talk = reader.read(changed)
            except Unfit:
                continue
            assert all(isinstance(each.content, str) for each in talk.messages)


@pytest.mark.parametrize("value", [1_700_000_000, 1_700_000_000_000, 1.7e15, 1.7e18, "2023-11-14T22:13:20Z"])
def test_moments_in_every_unit(value: Any) -> None:
    at = moment(value)
    assert at is not None
    assert at.isoformat() == "2023-11-14T22:13:20+00:00"


def test_a_future_moment_is_now_and_an_odd_one_unknown() -> None:
    future = moment(4_000_000_000)
    assert future is not None
    assert future.year < 2090
    for odd in (*ODD, 0, -5, "yesterday", "0001-01-01T00:00:00+14:00", float("inf")):
        assert moment(odd) is None or odd == 2**40
