"""Fragments of tool calls → whole calls."""

from typing import Any

import pytest

from conversations.upstream.tool_calls import MAX_CALLS
from tests.upstream.reading import answer, choice


def part(index: Any = None, id: Any = None, name: Any = None, arguments: Any = None) -> dict[str, Any]:
    return {"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def calls(*deltas: Any) -> list[tuple[str, str, str]]:
    got = answer(*(choice({"tool_calls": delta}) for delta in deltas))
    return [(call["id"], call["name"], call["arguments"]) for call in got.tool_calls]


def more(index: Any, arguments: str) -> dict[str, Any]:
    return part(index, None, None, arguments)


ADD_OPEN, MUL_OPEN = ("x", "add", '{"a"'), ("y", "mul", '{"b"')
ADD, MUL = ("x", "add", '{"a":1}'), ("y", "mul", '{"b":2}')


@pytest.mark.parametrize(
    ("deltas", "expected"),
    [
        ([[part(0, "x", "add", "")], [part(0, None, None, '{"a"')], [part(0, None, None, ":1}")]], [ADD]),
        ([[part(0, "x", "add", '{"a":1}'), part(1, "y", "mul", '{"b":2}')]], [ADD, MUL]),
        ([[part(0, *ADD_OPEN)], [part(1, *MUL_OPEN)], [more(0, ":1}"), more(1, ":2}")]], [ADD, MUL]),
        ([[part(1, "y", "mul", '{"b":2}')], [part(0, "x", "add", '{"a":1}')]], [ADD, MUL]),
        ([[part(0, "x", "add", '{"a":1}')], [part(0, "y", "mul", '{"b":2}')]], [ADD, MUL]),
        ([[part(0, "x", "add", '{"a"')], [part(0, "x", "add", ":1}")]], [ADD]),
        ([[part(0, "x", "add", '{"a"')], [part(0, "", "", ":1}")]], [ADD]),
        ([[part(None, *ADD_OPEN)], [more(None, ":1}")], [part(None, *MUL)]], [ADD, MUL]),
        ([[part(None, "", *ADD[1:])], [part(None, "", *MUL[1:])]], [("", *ADD[1:]), ("", *MUL[1:])]),
        ([[part(None, None, "add", '{"a":1}'), part(None, None, "add", '{"a":1}')]], [("", *ADD[1:])] * 2),
        ([[part(0, *ADD_OPEN)], [part(0, "new", None, ":1}")]], [ADD]),
        ([[part("0", "x", "add", {"a": 1})]], [ADD]),
        ([[part(0, "x", "add", '{"a":1}')], [part(0, None, None, '{"a":1}')]], [ADD]),
        ([[part(0, None, "a")], [part(0, "x", "dd")], [part(0, None, None, '{"a":1}')]], [ADD]),
        ([[part(0, "x", "a")], [part(0, None, "add", '{"a":1}')]], [ADD]),
        ([[part(None, None, "add", '{"a"')], [part(None, "x", None, ":1}")]], [ADD]),
        ([{"id": "x", "name": "add", "arguments": '{"a":1}'}], [ADD]),
        ([[{"id": "x", "type": "custom", "custom": {"name": "add", "input": '{"a":1}'}}]], [ADD]),
        ([None, [], [None, 3, {}], [part(0, "x", "add", '{"a":1}')], ""], [ADD]),
        ([[part(True, 7, [], None)]], [("", "", "")]),
    ],
)  # fmt: skip
def test_the_calls_are(deltas: list[Any], expected: list[tuple[str, str, str]]) -> None:
    assert [call for call in calls(*deltas) if call != ("", "", "") or expected == [("", "", "")]] == expected


def test_the_older_function_call_is_a_call_without_an_id() -> None:
    got = answer(
        choice({"function_call": {"name": "add", "arguments": '{"a"'}}),
        choice({"function_call": {"arguments": ":1}"}}),
    )
    assert got.tool_calls == [{"id": "", "name": "add", "arguments": '{"a":1}'}]


def test_the_whole_message_at_the_end_does_not_double_the_calls() -> None:
    whole = {
        "choices": [
            {"message": {"tool_calls": [part(0, "x", "add", '{"a":1}')]}, "finish_reason": "tool_calls"}
        ]
    }
    assert len(answer(choice({"tool_calls": [part(0, "x", "add", '{"a":1}')]}), whole).tool_calls) == 1


def test_there_is_an_end_to_calls() -> None:
    assert len(calls(*([part(n, str(n), "f", "{}")] for n in range(MAX_CALLS + 5)))) == MAX_CALLS
