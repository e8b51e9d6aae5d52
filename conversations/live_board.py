"""What happens at this moment, everywhere: running requests, the queue, processes, database and layer."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext

from conversations.metering import Meter
from conversations.models import Generation, Process
from conversations.models.status import RUNNING, Status

# More rows than anybody reads; the numbers above them count all.
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One running request, without what is said in it."""

    id: UUID
    person: str
    model: str
    provider: str
    purpose: str
    phase: str
    age: float
    tokens: int
    runner: str
    lease: float | None
    can_stop: bool

    @property
    def per_second(self) -> float:
        return self.tokens / self.age if self.tokens and self.age > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Board:
    lines: list[Line]
    running: int
    queued: int
    oldest_wait: float
    processes: list[Process]
    database: str
    database_ms: float
    layer: str
    made_at: datetime

    @property
    def has_runner(self) -> bool:
        return any(process.runner and not process.is_silent for process in self.processes)

    @property
    def sockets(self) -> int:
        return sum(process.sockets for process in self.processes if not process.is_silent)


def look(meter: Meter) -> Board:
    """Reads the board; `meter` remembers the tokens counted so far."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    database_ms = (time.perf_counter() - begun) * 1000
    now, processes = timezone.now(), list(Process.objects.order_by("-started_at"))
    at_work = Generation.objects.filter(status__in=RUNNING)
    waits = [
        (now - created).total_seconds()
        for created in at_work.filter(status=Status.QUEUED).values_list("created_at", flat=True)
    ]
    return Board(
        lines=_lines(meter, now),
        running=at_work.filter(status=Status.STREAMING).count(),
        queued=len(waits),
        oldest_wait=max(waits, default=0.0),
        processes=processes,
        database=connection.vendor,
        database_ms=database_ms,
        layer=_layer(processes),
        made_at=now,
    )


def _layer(processes: list[Process]) -> str:
    """As the processes found it at their last sign of life."""
    if not settings.ENVIRONMENT.redis_url:
        return gettext("in memory")
    found = [process.layer_ms for process in processes if not process.is_silent]
    times = [each for each in found if each is not None]
    if not found:
        return "Redis"
    if len(times) == len(found):
        return f"Redis, {max(times):.1f} ms"
    if not times:
        return gettext("Redis, no answer")
    silent = {"silent": len(found) - len(times), "all": len(found)}
    return gettext("Redis, no answer in %(silent)s of %(all)s processes") % silent


def _lines(meter: Meter, now: datetime) -> list[Line]:
    rows = Generation.objects.filter(status__in=RUNNING).order_by("created_at")[:MOST_SHOWN]
    chosen = Generation.objects.filter(pk__in=[row.pk for row in rows])
    tokens = {each.facts["id"]: each.completion for each in meter.running(chosen)}
    return [_line(row, tokens.get(row.pk, 0), now) for row in rows]


def _line(row: Generation, tokens: int, now: datetime) -> Line:
    return Line(
        id=row.pk,
        person=row.user_name or "-",
        model=row.model_requested or "-",
        provider=row.provider_name,
        purpose=row.get_purpose_display(),
        phase=_phase(row, tokens),
        age=max(0.0, (now - (row.started_at or row.created_at)).total_seconds()),
        tokens=tokens,
        runner=row.owner,
        lease=(row.lease_until - now).total_seconds() if row.lease_until else None,
        can_stop=row.message_id is not None and row.stop_requested_at is None,
    )


def _phase(row: Generation, tokens: Any) -> str:
    if row.stop_requested_at is not None:
        return gettext("stopping")
    if row.status == Status.QUEUED:
        return gettext("queued")
    if row.lease_until is not None and row.lease_until < timezone.now():
        return gettext("without a runner")
    return gettext("answering") if tokens else gettext("waiting for the first token")
