"""Reads large files in the background, a few conversations at a time, wherever there is a runner.

First the whole file is looked through, so that one that is broken anywhere changes nothing; then it is read
again and taken in. Every step renews the lease in the transaction of what it wrote: a process that lost it
writes nothing more, and the next one goes on behind the last step.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone

from conversations.importing import told, uploads
from conversations.importing.saving import save
from conversations.importing.sources import elements_of
from conversations.importing.splitting import Element, Unreadable
from conversations.importing.tally import Tally
from conversations.models import Import
from conversations.models.writing import writing
from conversations.sentences import gettext_noop
from conversations.threads import in_background

_UNREADABLE = gettext_noop("This file cannot be imported.")

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
# Seconds between looks for files, and between steps, in which others get their turn.
LOOK, BREATH = 2.0, 0.01
# Conversations, or bytes of them, in one step.
AT_ONCE, BYTES_AT_ONCE = 50, 2 * 1024 * 1024


class Lost(Exception):
    """Another process has this file now, or its owner wants no more of it."""


async def keep_importing(worker: str, tell: Callable[[User], None]) -> None:
    """As long as this process lives; `tell` is called, in a thread, when somebody's file is in."""
    while True:
        try:
            brought = await in_background(claim, worker)
            if brought is not None:
                await _carry_out(brought)
                await in_background(tell, brought.owner)
                continue
        except DatabaseError as error:
            logger.warning("Files wait for the database (%s)", type(error).__name__)
        await asyncio.sleep(LOOK)


def claim(worker: str) -> Import | None:
    """The file that has waited longest, and is nobody's."""
    with writing():
        free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
        waiting = Import.objects.open().filter(free).order_by("created_at")
        # `of`: of the owner's row nothing is to be changed.
        brought = waiting.select_related("owner").select_for_update(skip_locked=True, of=("self",)).first()
        if brought is not None:
            brought.worker, brought.lease_until = worker[:80], timezone.now() + LEASE
            brought.save(update_fields=["worker", "lease_until"])
    return brought


async def _carry_out(brought: Import) -> None:
    work = steps(brought)

    def step() -> bool:
        return next(work, False)

    try:
        more = True
        while more:
            more = await in_background(step)
            await asyncio.sleep(BREATH)
    except Lost:
        logger.info("%s is not ours any more", brought)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("%s could not be read", brought)
        reason = gettext_noop("Something unexpected was in the way; what had come in until then is there.")
        await in_background(_end, brought, Import.Status.FAILED, error=reason)


def steps(brought: Import) -> Iterator[bool]:
    """Each step is a little of the work; True as long as there is more of it."""
    try:
        if brought.status == Import.Status.CHECKING:
            yield from _check(brought)
        yield from _take_in(brought)
    except Unreadable as error:
        _end(brought, Import.Status.FAILED, error=f"{_UNREADABLE} {error}")
        return
    _end(brought, Import.Status.DONE)


def _check(brought: Import) -> Iterator[bool]:
    tally, any_known, brought.total = Tally(), False, 0
    for batch in _batches(elements_of(uploads.opened(brought))):
        for element in batch:
            brought.total += 1
            any_known = any_known or told(element, brought.total, tally)[1]
        del tally.problems[1:]
        _renew(brought, total=brought.total)
        yield True
    if not any_known:
        raise Unreadable(tally.problems[0][1] if tally.problems else gettext_noop("It is empty."))
    brought.status = Import.Status.RUNNING
    _renew(brought, status=brought.status)
    yield True


def _take_in(brought: Import) -> Iterator[bool]:
    rest = islice(elements_of(uploads.opened(brought)), brought.seen, None)
    for batch in _batches(rest):
        tally, talks = Tally(), []
        for number, element in enumerate(batch, brought.seen + 1):
            talk, _ = told(element, number, tally)
            talks += [talk] if talk is not None else []
        with writing():
            save(brought.owner, talks, tally)
            brought.seen += len(batch)
            _renew(brought, seen=brought.seen, **tally.add_to(brought))
        yield True


def _batches(elements: Iterable[Element]) -> Iterator[list[Element]]:
    batch: list[Element] = []
    size = 0
    for element in elements:
        batch.append(element)
        size += len(element.raw)
        if len(batch) >= AT_ONCE or size >= BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _renew(brought: Import, **fields: Any) -> None:
    """Raises Lost."""
    ours = Import.objects.open().filter(pk=brought.pk, worker=brought.worker)
    if not ours.update(lease_until=timezone.now() + LEASE, **fields):
        raise Lost


def _end(brought: Import, status: Import.Status, *, error: str = "") -> None:
    with writing():
        _renew(brought, status=status, error=error, ended_at=timezone.now())
        uploads.forget(brought)
