"""A whole body through a whole Reply, without a socket: what a dialect comes to."""

from dataclasses import dataclass, field
from typing import Any

from conversations.upstream import Deadlines, Endpoint, Interrupted, Reply, UpstreamError
from tests.upstream.reading import BODY, collect, sse

HERE = Endpoint("https://host.example/v1", "sk-test-0123456789abcdef")


@dataclass
class Heard:
    """`usage`: prompt, completion and total tokens. `outcome`: complete, interrupted or failed."""

    content: str = ""
    reasoning: str = ""
    refusal: str = ""
    calls: list[tuple[str, str, str]] = field(default_factory=list)  # id, name, arguments
    finish_reason: str | None = "stop"
    usage: tuple[int | None, int | None, int | None] | None = None
    outcome: str = "complete"


@dataclass
class Played:
    """An exchange.Exchange that holds its whole body already."""

    reads: list[bytes]
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    async def read(self) -> bytes:
        return self.reads.pop(0) if self.reads else b""

    async def start_of_body(self) -> bytes:
        return b"".join(self.reads)

    async def aclose(self) -> None:
        pass

    def release(self) -> None:
        pass

    async def open(self, endpoint: Endpoint, body: dict[str, Any], on_sent: Any) -> "Played":
        return Played(list(self.reads), self.status, self.headers)


async def play(*reads: bytes, status: int = 200, **headers: str) -> tuple[Heard, str]:
    """What was heard, and the sentence of the failure ("" if there was none)."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = Reply(Played(list(reads), status, fields), HERE, BODY, Deadlines())
    outcome, said = "complete", ""
    try:
        await collect(reply)
    except Interrupted as error:
        outcome, said = "interrupted", error.message
    except UpstreamError as error:
        outcome, said = "failed", error.message
    answer, usage = reply.answer, reply.answer.usage
    calls = [(call["id"], call["name"], call["arguments"]) for call in answer.tool_calls]
    counts = (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) if usage else None
    heard = Heard(
        answer.content, answer.reasoning, answer.refusal, calls, answer.finish_reason, counts, outcome
    )
    return heard, said


def delta(reason: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": reason}]}


def body(*values: Any) -> bytes:
    """The values as events with [DONE] behind; bytes go in as they are."""
    parts = (value if isinstance(value, bytes) else sse(value) for value in (*values, "[DONE]"))
    return b"".join(parts)
