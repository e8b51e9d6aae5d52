"""An upstream without a network: answers in the real wire format, and logs what it sent, to whom, when."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from conversations.upstream import Deadlines, Endpoint, Interrupted, Reply


@dataclass
class Plan:
    """How one answer comes: `pauses` before its tokens; after `held` of them it waits until it is let go."""

    pauses: list[float]
    held: int
    breaks_off: bool = False
    open: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def of(cls, random: Random) -> "Plan":
        count = random.randint(4, 30)
        pace = random.choice([0.01, 0.05, 0.2])
        pauses = [random.uniform(0, 2 * pace) for _ in range(count)]
        if random.random() < 0.2:
            pauses[random.randrange(count)] += random.uniform(1, 8)
        return cls(pauses, held=count - random.randint(1, 3), breaks_off=random.random() < 0.1)


@dataclass
class Call:
    """One request that was made: for which generation, and what was sent for it at which time."""

    generation: str
    plan: Plan
    sent: list[tuple[float, str]] = field(default_factory=list)
    closed_at: float | None = None

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.sent)

    def text_until(self, moment: float) -> str:
        return "".join(text for at, text in self.sent if at <= moment)


class Exchange:
    """One answered request, as `Reply` reads it."""

    status = 200

    def __init__(self, call: Call, now: Callable[[], float]) -> None:
        self.headers: dict[str, str] = {}
        self._call, self._now, self._next = call, now, 0

    async def read(self) -> bytes:
        call, number = self._call, self._next
        if number == call.plan.held:
            await call.plan.open.wait()
        if number == len(call.plan.pauses):
            if call.plan.breaks_off:
                raise Interrupted("The connection broke off.")
            return b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
        await asyncio.sleep(call.plan.pauses[number])
        self._next += 1
        # Every word says where it belongs, so that a gap, a repetition or a mix-up changes the text.
        text = f"{call.generation[:4]}-{number} " + ("\n\n" if number % 7 == 6 else "")
        call.sent.append((self._now(), text))
        return b"data: " + json.dumps({"choices": [{"delta": {"content": text}}]}).encode() + b"\n\n"

    async def start_of_body(self) -> bytes:
        return b""

    async def aclose(self) -> None:
        self._call.closed_at = self._call.closed_at or self._now()

    def release(self) -> None:
        self._call.closed_at = self._now()


class Upstream:
    """Stands where a process has its HTTP client."""

    def __init__(self, random: Random, now: Callable[[], float]) -> None:
        self.calls: list[Call] = []
        self.let_go = False
        self._random, self._now = random, now

    def reply(self, endpoint: Endpoint, body: dict[str, Any]) -> Reply:
        return Reply(self, endpoint, body, Deadlines())

    async def open(self, endpoint: Endpoint, body: dict[str, Any], on_sent: Any) -> Exchange:
        call = Call(body["model"], Plan.of(self._random))
        if self.let_go:
            call.plan.open.set()
        self.calls.append(call)
        await asyncio.sleep(self._random.uniform(0, 0.2))
        return Exchange(call, self._now)

    def finish_all(self) -> None:
        self.let_go = True
        for call in self.calls:
            call.plan.open.set()

    async def models(self, endpoint: Endpoint) -> list[str]:
        return []

    async def aclose(self) -> None:
        return
