"""Fragments of tool calls, as servers really send them → whole calls.

Fragments may be interleaved, in one piece, without index, id or name, or repeat them each time; all calls may
claim index 0; arguments may be an object. What says "this is another call" is, in this order: a new id, a new
index, a name after the last call is whole.
"""

import json
from dataclasses import dataclass, field
from typing import Any

MAX_CALLS = 256


@dataclass(slots=True)
class Fragment:
    index: int | None
    id: str
    name: str
    arguments: str


@dataclass(slots=True)
class _Call:
    index: int
    id: str = ""
    name: str = ""
    arguments: list[str] = field(default_factory=list)

    def whole(self) -> bool:
        try:
            json.loads("".join(self.arguments))
        except (ValueError, RecursionError):
            return False
        return True


class ToolCalls:
    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(self, fragment: Fragment) -> None:
        call = self._find(fragment)
        if call is None:
            if len(self._calls) >= MAX_CALLS:
                return
            call = self._open(fragment)
        call.id = call.id or fragment.id
        self._name(call, fragment.name)
        if fragment.arguments and not self._repeated(call, fragment):
            if call.arguments == ["{}"]:  # a placeholder: nothing may follow a whole object
                call.arguments.clear()
            call.arguments.append(fragment.arguments)

    def as_dicts(self) -> list[dict[str, str]]:
        """[{"id", "name", "arguments"}] by index, calls of one index as they came."""
        ordered = sorted(self._calls, key=lambda call: call.index)
        return [{"id": call.id, "name": call.name, "arguments": "".join(call.arguments)} for call in ordered]

    def _open(self, fragment: Fragment) -> _Call:
        last = self._calls[-1].index if self._calls else -1
        call = _Call(last + 1 if fragment.index is None else fragment.index)
        self._calls.append(call)
        return call

    def _find(self, fragment: Fragment) -> _Call | None:
        """The call that this continues, the latest that fits."""
        if fragment.index is not None:
            same = [call for call in self._calls if call.index == fragment.index]
            return self._continued(same, fragment)
        if fragment.id:
            return next((call for call in self._calls if call.id == fragment.id), self._nameless(fragment))
        return self._continued(self._calls, fragment)

    def _continued(self, candidates: list[_Call], fragment: Fragment) -> _Call | None:
        if not candidates:
            return None
        last = candidates[-1]
        if fragment.id:
            known = next((call for call in candidates if call.id == fragment.id), None)
            # Some gateways invent an id for each fragment; only with a name it begins a call.
            goes_on = not last.id or (not fragment.name and not last.whole())
            return known or (last if goes_on else None)
        if not fragment.name or not last.name:
            return last
        if fragment.index is None and fragment.name != last.name and last.arguments:
            return None
        return None if last.whole() and fragment.arguments else last

    def _nameless(self, fragment: Fragment) -> _Call | None:
        """A call that began without an id takes the first id that comes, unless a name begins
        another call.
        """
        last = self._calls[-1] if self._calls else None
        return last if last is not None and not last.id and not (fragment.name and last.name) else None

    def _name(self, call: _Call, name: str) -> None:
        if not name or name == call.name:
            return
        if name.startswith(call.name):  # sent whole again, grown
            call.name = name
        elif not call.arguments:  # sent in pieces
            call.name += name

    def _repeated(self, call: _Call, fragment: Fragment) -> bool:
        """The whole arguments once more, as some servers close a call."""
        if fragment.arguments[0] != "{" or not call.arguments:
            return False
        return fragment.arguments == "".join(call.arguments) and call.whole()


def fragments_from(value: object) -> list[Fragment]:
    """`tool_calls` of a delta or message: a list, one object, or nonsense."""
    items = value if isinstance(value, list) else [value]
    return [_fragment(item) for item in items[:MAX_CALLS] if isinstance(item, dict)]


def fragment_from_function_call(value: object) -> list[Fragment]:
    """`function_call`, the form before tool_calls: one call, no id."""
    return [_fragment({"index": 0, "function": value})] if isinstance(value, dict) else []


def _fragment(item: dict[str, Any]) -> Fragment:
    function = item.get("function") or item.get("custom")
    function = function if isinstance(function, dict) else item
    arguments = function.get("arguments", function.get("input", function.get("parameters")))
    return Fragment(
        _index(item.get("index")), _text(item.get("id")), _text(function.get("name")), _json(arguments)
    )


def _index(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _json(arguments: object) -> str:
    if isinstance(arguments, str):
        return arguments
    if arguments is None:
        return ""
    return json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))
