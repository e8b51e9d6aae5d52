"""What a dialect test says: the bytes that a server writes, and what they mean."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.scripted_upstream import Step, raw

SSE = {"Content-Type": "text/event-stream"}
JSON = {"Content-Type": "application/json"}
Call = tuple[str, str, str]  # id, name, arguments


@dataclass(frozen=True)
class Case:
    """`writes`: one element is one write to the socket. The rest is what the export must say."""

    name: str
    writes: Sequence[bytes | Step]
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: SSE)
    transfer: str = "chunked"
    content: str = ""
    reasoning: str = ""
    refusal: str | None = None
    tool_calls: Sequence[Call] = ()
    finish_reason: str | None = "stop"
    outcome: str = "complete"
    usage: tuple[int, int, int] | None = None  # None: the server said nothing, so it is estimated or absent
    error: str = ""  # part of the sentence
    unsaid: str = ""  # must not be in it
    then: "Case | None" = None  # what the second request gets

    @property
    def steps(self) -> list[Step]:
        return [raw(write) if isinstance(write, bytes) else write for write in self.writes]


def data(*values: Any) -> bytes:
    """An event for each value."""
    return b"".join(b"data: " + json.dumps(value).encode() + b"\n\n" for value in values)


def delta(reason: str | None = None, /, **fields: Any) -> dict[str, Any]:
    return {
        "id": "c-1",
        "object": "chat.completion.chunk",
        "model": "m",
        "choices": [{"index": 0, "delta": fields, "finish_reason": reason}],
    }


def says(*texts: str) -> bytes:
    return data(*(delta(content=text) for text in texts))


def usage(prompt: int, completion: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


DONE = b"data: [DONE]\n\n"
STOP = data(delta("stop"))
END = STOP + DONE
