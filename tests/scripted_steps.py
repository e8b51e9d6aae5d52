"""What a scripted upstream can do, step by step: bytes to write, gates to wait at, ways to break off."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 90.0  # seconds a test waits for something before it fails


@dataclass(frozen=True)
class Step:
    kind: str  # "write", "wait", "pause", "hold", "reset", "hang_up"
    data: bytes = b""
    name: str = ""
    content: str = ""
    seconds: float = 0.0


def raw(data: bytes) -> Step:
    return Step("write", data)


def event(data: str, name: str = "") -> Step:
    return raw((f"event: {name}\n" if name else "").encode() + f"data: {data}\n\n".encode())


def comment(words: str = "keep-alive") -> Step:
    return raw(f": {words}\n\n".encode())


def chunk(value: dict[str, Any], content: str = "") -> Step:
    frame = {"id": "chatcmpl-scripted", "object": "chat.completion.chunk", "model": "scripted"} | value
    return Step("write", b"data: " + json.dumps(frame).encode() + b"\n\n", content=content)


def delta(reason: str | None = None, **fields: Any) -> Step:
    content = fields.get("content")
    choice = {"index": 0, "delta": fields, "finish_reason": reason}
    return chunk({"choices": [choice]}, content if isinstance(content, str) else "")


def text(content: str) -> Step:
    return delta(content=content)


def reasoning(content: str) -> Step:
    return delta(reasoning_content=content)


def refusal(content: str) -> Step:
    return delta(refusal=content)


def tool_call(name: str, arguments: str, *, id: str = "call_1", index: int = 0) -> Step:
    function = {"name": name, "arguments": arguments}
    return delta(tool_calls=[{"index": index, "id": id, "type": "function", "function": function}])


def finish(reason: str = "stop", usage: tuple[int, int] | None = None) -> Step:
    """The finish chunk, a usage chunk (prompt, completion) if wanted, and [DONE], in one write."""
    steps = [delta(reason)]
    if usage:
        counts = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
        steps.append(chunk({"choices": [], "usage": counts}))
    return raw(b"".join(step.data for step in steps) + b"data: [DONE]\n\n")


def error(message: str, code: int | str = 500) -> Step:
    return event(json.dumps({"error": {"message": message, "type": "server_error", "code": code}}))


def wait_for(gate: str) -> Step:
    return Step("wait", name=gate)


def pause(seconds: float) -> Step:
    """For answers at a real model's pace; tests that can wait for something use gates."""
    return Step("pause", seconds=seconds)


def hold() -> Step:
    return Step("hold")


def reset() -> Step:
    return Step("reset")


def hang_up() -> Step:
    return Step("hang_up")


@dataclass
class Script:
    steps: Sequence[Step]
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    transfer: str = "chunked"


@dataclass
class SeenRequest:
    """What one request asked and what was really sent for it."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: Any  # decoded JSON, None without a body
    sent: bytes = b""  # body bytes handed to the socket, without HTTP chunk sizes
    text: str = ""  # content of the deltas in `sent`
    closed_early: bool = False  # the client went away before the script's end
    ended_at: float | None = None  # time.monotonic()
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def model(self) -> str:
        return str(self.body.get("model", "")) if isinstance(self.body, dict) else ""

    def ended(self, timeout: float = PATIENCE) -> "SeenRequest":
        assert self._ended.wait(timeout), "the script has not ended"
        return self


def echo(request: SeenRequest) -> Script:
    """Role chunk, the last user message word by word, finish, usage, [DONE]."""
    messages = request.body.get("messages") or [{}] if isinstance(request.body, dict) else [{}]
    words = str(messages[-1].get("content") or "nothing").split(" ")
    parts = [text(f" {word}" if place else word) for place, word in enumerate(words)]
    usage = (len(messages), len(words))
    return Script([delta(role="assistant", content=""), *parts, finish(usage=usage)])
