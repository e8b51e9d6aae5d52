"""Tool calls: in pieces, interleaved, whole, with what is missing or said twice."""

from typing import Any

from tests.dialects.case import DONE, Case, data, delta

CALLED = data(delta("tool_calls")) + DONE


def calls(*fragments: dict[str, Any]) -> bytes:
    """An event for each fragment."""
    return data(*(delta(tool_calls=[fragment]) for fragment in fragments))


def part(arguments: Any = None, /, **fields: Any) -> dict[str, Any]:
    """A fragment: `name` and arguments go into its function, `id` and `index` beside it."""
    function = {"name": fields.pop("name", None), "arguments": arguments}
    return {**fields, "function": {key: value for key, value in function.items() if value is not None}}


def case(name: str, *writes: bytes, expect: list[tuple[str, str, str]], **more: Any) -> Case:
    return Case(name, [*writes, CALLED], tool_calls=expect, finish_reason="tool_calls", **more)


TOOLS = [
    case(
        "tool-call-in-pieces",
        calls(
            part("", index=0, id="a", type="function", name="tide"),
            part('{"port":', index=0),
            part('"Brest"}', index=0),
        ),
        expect=[("a", "tide", '{"port":"Brest"}')],
    ),
    case(
        "tool-calls-interleaved",
        calls(
            part("", index=0, id="a", name="tide"),
            part("", index=1, id="b", name="wind"),
            part("{}", index=1),
            part('{"p"', index=0),
            part(":1}", index=0),
        ),
        expect=[("a", "tide", '{"p":1}'), ("b", "wind", "{}")],
    ),
    case(
        "tool-calls-in-one-piece",
        data(
            delta(
                tool_calls=[
                    part("{}", index=0, id="a", name="tide"),
                    part("[]", index=1, id="b", name="wind"),
                ]
            )
        ),
        expect=[("a", "tide", "{}"), ("b", "wind", "[]")],
    ),
    case(
        "tool-call-with-an-object",
        calls(part({"port": "Brest"}, index=0, id="a", name="tide")),
        expect=[("a", "tide", '{"port":"Brest"}')],
    ),
    case(
        "tool-call-that-repeats-itself",
        calls(part('{"a"', index=0, id="a", name="tide"), part(":1}", index=0, id="a", name="tide")),
        expect=[("a", "tide", '{"a":1}')],
    ),
    case(
        "tool-call-without-an-index",
        calls(part('{"a"', id="a", name="tide"), part(":1}")),
        expect=[("a", "tide", '{"a":1}')],
    ),
    case(
        "tool-calls-all-of-index-0",
        calls(part("{}", index=0, id="a", name="tide"), part("[]", index=0, id="b", name="wind")),
        expect=[("a", "tide", "{}"), ("b", "wind", "[]")],
    ),
    case(
        "tool-call-beside-text",
        data(delta(content="Let me look.")),
        calls(part("{}", index=0, id="a", name="tide")),
        expect=[("a", "tide", "{}")],
        content="Let me look.",
    ),
    case(
        "function-call-of-old",
        data(
            delta(function_call={"name": "tide", "arguments": '{"a"'}),
            delta(function_call={"arguments": ":1}"}),
        ),
        expect=[("", "tide", '{"a":1}')],
    ),
]
