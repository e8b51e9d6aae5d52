"""The tables in memory: the questions and changes of claims, endings, mirror and articles, by their rules.

Each is one step, as a transaction is. One conversation, one answer, and as many generations of it as came.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from conversations import claims, endings
from conversations.claims import Claim, Standing, Written
from conversations.endings import Ending
from conversations.estimates import NEUTRAL
from conversations.mirror import Logged
from conversations.models.status import RUNNING, Status
from conversations.rings import Ring
from conversations.stream import Stream
from conversations.upstream import Endpoint

# A runner that was thrown out is refused by owner and fence; a mutant takes the guard away.
Guard = Callable[["Row", str, int], bool]


@dataclass
class Row:
    """A generation."""

    id: UUID
    base: str
    status: str = Status.QUEUED
    owner: str = ""
    fence: int = 0
    lease_until: float = 0.0
    stop_requested: bool = False
    events: dict[int, tuple[int, str]] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)
    asked_at: float = 0.0
    ended_at: float = 0.0


def is_held_by(row: Row, owner: str, fence: int) -> bool:
    return row.owner == owner and row.fence == fence and row.status == Status.STREAMING


class Rows:
    def __init__(self, now: Callable[[], float]) -> None:
        self.message_id, self.conversation_id = uuid4(), uuid4()
        self.content, self.last_seq, self.status = "", 0, str(Status.COMPLETE)
        self.generations: list[Row] = []
        self.guard: Guard = is_held_by
        self._now = now
        # By name, as the database thread is asked for them.
        self.work: dict[str, Callable[..., Any]] = {
            "claim_waiting": self.claim_waiting,
            "flush": self.flush,
            "stops_requested": self.stops_requested,
            "_end": self.end,
            "reap": self.reap,
            "read_log": self.read_log,
            "done_frame": self.done_frame,
            "hello": self.hello,
        }

    @property
    def latest(self) -> Row:
        return self.generations[-1]

    def queue(self) -> Row:
        """Send, or continue: the same message under one more generation."""
        row = Row(uuid4(), self.content, asked_at=self._now())
        self.generations.append(row)
        self.status = Status.QUEUED
        return row

    def request_stop(self) -> None:
        row = self.latest
        if row.status == Status.QUEUED:
            self._close(row, Ending(Status.STOPPED, last_seq=self.last_seq))
        elif row.status == Status.STREAMING:
            row.stop_requested = True

    def hello(self) -> tuple[bool, str, int]:
        """What a page that comes back is told, or finds in the server's HTML."""
        return bool(self.generations), self.content, self.last_seq

    def claim_waiting(self, owner: str, limit: int) -> list[Claim]:
        return [self._claim(row, owner) for row in self.generations if row.status == Status.QUEUED][:limit]

    def _claim(self, row: Row, owner: str) -> Claim:
        row.owner, row.fence, row.status = owner, row.fence + 1, Status.STREAMING
        row.lease_until = self._now() + claims.LEASE
        self.status = Status.STREAMING
        return Claim(
            generation_id=row.id,
            message_id=self.message_id,
            conversation_id=self.conversation_id,
            user_id=None,
            owner=owner,
            fence=row.fence,
            endpoint=Endpoint("http://upstream.test/v1"),
            body={"model": str(row.id), "messages": []},
            provider_id=None,
            factors=NEUTRAL,
            base_seq=self.last_seq,
            base_content=self.content,
            base_reasoning="",
        )

    def flush(self, owner: str, held: Sequence[UUID], written: Sequence[Written]) -> Standing:
        mine = [row for row in self.generations if row.id in held and self.guard(row, owner, row.fence)]
        for row in mine:
            row.lease_until = self._now() + claims.LEASE
        by_id = {row.id: row for row in mine}
        for entry in written:
            found = by_id.get(entry.claim.generation_id)
            if found is not None and self.guard(found, owner, entry.claim.fence):
                found.events.setdefault(entry.seq_from, (entry.seq_to, entry.content))
        return Standing(frozenset(by_id), frozenset(row.id for row in mine if row.stop_requested))

    def stops_requested(self, owner: str, held: Sequence[UUID]) -> frozenset[UUID]:
        mine = [row for row in self.generations if row.id in held and row.owner == owner]
        return frozenset(row.id for row in mine if row.stop_requested)

    def end(self, stream: Stream, ending: Ending) -> list[Ring]:
        claim = stream.claim
        [row] = [row for row in self.generations if row.id == claim.generation_id]
        if self.guard(row, claim.owner, claim.fence):
            self._close(row, ending)
        return []

    def reap(self, *, everything: bool = False) -> list[UUID]:
        streaming = [row for row in self.generations if row.status == Status.STREAMING]
        dead = [row for row in streaming if everything or row.lease_until < self._now()]
        for row in dead:
            events = sorted(row.events.items())
            content = "".join(text for _, (_, text) in events)
            last = events[-1][1][0] if events else self.last_seq
            last_seq = endings.next_after_loss(last)
            self._close(row, Ending(Status.INTERRUPTED, content=content, last_seq=last_seq))
        return [self.message_id for _ in dead]

    def _close(self, row: Row, ending: Ending) -> None:
        row.status, row.ended_at = ending.status, self._now()
        row.ends.append(ending.status)
        row.events.clear()
        self.content, self.last_seq, self.status = row.base + ending.content, ending.last_seq, ending.status

    def read_log(self, message_id: UUID, after: int) -> Logged:
        events = sorted(self.latest.events.items()) if self.generations else []
        runs = [(first, last, text, "") for first, (last, text) in events if last > after]
        return Logged(self.status in RUNNING, self.last_seq, self.content, "", runs)

    def done_frame(self, message_id: UUID) -> str | None:
        if self.status in RUNNING:
            return None
        fields = {"message": str(message_id), "seq": self.last_seq, "content": self.content}
        return json.dumps({"type": "message.done", "status": self.status, **fields})
