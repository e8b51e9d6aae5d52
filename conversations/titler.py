"""Asks models for titles, in the background and one at a time; answers that people wait for go first."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import DatabaseError
from django.db.models.functions import Now

from conversations import budgets, claims, endings, listing, titling
from conversations.doorbell import Doorbell, user_topic
from conversations.endings import Ending, account
from conversations.models import Conversation, Generation
from conversations.models.status import Status
from conversations.models.writing import writing
from conversations.prompts import request_body
from conversations.refusals import OverBudget
from conversations.sidebar import frame_of
from conversations.threads import in_background
from conversations.upstream import Endpoint, Interrupted, UpstreamError
from conversations.upstream.later import Client

logger = logging.getLogger(__name__)

# Seconds between looks, and for which a title lets answers go first.
LOOK, POLITE = 2.0, 20.0
# Seconds that a title may take; its lease holds longer, so that it needs no renewal.
TOTAL, LEASE = 45.0, 60.0


@dataclass(frozen=True, slots=True)
class TitleClaim:
    generation_id: UUID
    conversation_id: UUID
    user_id: int | None
    fence: int
    endpoint: Endpoint
    body: dict[str, Any]


class Titler:
    def __init__(self, *, name: str, client: Client, doorbell: Doorbell, is_busy: Callable[[], bool]) -> None:
        """`is_busy`: are answers being written by this process?"""
        self._name, self._client = name, client
        self._doorbell, self._is_busy = doorbell, is_busy

    async def run(self) -> None:
        """Works until cancelled; what it leaves behind then is ended when its lease is over."""
        while True:
            try:
                while await self.step():
                    pass
            except DatabaseError as error:
                logger.warning("Titles have to wait for the database (%s)", type(error).__name__)
            await asyncio.sleep(LOOK)

    async def step(self) -> bool:
        """Carries out one title; False if none waits or it is not their turn."""
        claim = await in_background(claim_title, self._name, polite=self._is_busy())
        if claim is None:
            return False
        ending = await self._ask(claim)
        frame = await in_background(end_title, self._name, claim, ending)
        if frame and claim.user_id is not None:
            payload = {"changed": frame, "conversation": str(claim.conversation_id)}
            self._doorbell.ring(user_topic(claim.user_id), payload)
        return True

    async def _ask(self, claim: TitleClaim) -> Ending:
        """Never raises but for being cancelled itself."""
        reply = self._client.reply(claim.endpoint, claim.body)
        status, problem = Status.COMPLETE, None
        try:
            async with asyncio.timeout(TOTAL), reply:
                async for _ in reply:
                    pass
        except UpstreamError as error:
            status = Status.INTERRUPTED if isinstance(error, Interrupted) else Status.FAILED
            problem = error
        except TimeoutError:
            status = Status.STOPPED
        except Exception:
            logger.exception("The title of conversation %s broke", claim.conversation_id)
            status = Status.FAILED
        ending = Ending.of(reply, status, problem)
        account(ending, claim.body["messages"])
        return ending


def claim_title(owner: str, *, polite: bool = False) -> TitleClaim | None:
    """Takes the title that waits longest; of several processes that try, one gets it."""
    waiting = Generation.objects.filter(status=Status.QUEUED, purpose=Generation.Purpose.TITLE)
    if polite:
        waiting = waiting.filter(created_at__lt=Now() - timedelta(seconds=POLITE))
    row = claims.for_a_claim(waiting.order_by("created_at", "id")).first()
    if row is None:
        return None
    queued = Generation.objects.filter(pk=row["id"], status=Status.QUEUED, fence=row["fence"])
    exchange = titling.first_exchange(row["conversation_id"]) if row["conversation_id"] else None
    if exchange is None:
        # Deleted while it waited.
        queued.update(status=Status.STOPPED, ended_at=Now(), duration_ms=0)
        return None
    fence = row["fence"] + 1
    with writing():
        values = {"owner": owner, "fence": fence, "lease_until": Generation.lease_end(LEASE)}
        if not queued.update(status=Status.STREAMING, started_at=Now(), **values):
            return None
        messages = titling.messages_of(*exchange)
        if not _is_affordable(row["id"], messages):
            return None
    return TitleClaim(
        generation_id=row["id"],
        conversation_id=row["conversation_id"],
        user_id=row["user_id"],
        fence=fence,
        endpoint=claims.endpoint_of(row),
        body=request_body(row["model_requested"], messages, row["parameters"]),
    )


def _is_affordable(generation_id: UUID, messages: list[dict[str, str]]) -> bool:
    """Nobody waits for a title: what a budget does not cover is given up without a word."""
    row = Generation.objects.select_related("user", "provider").get(pk=generation_id)
    try:
        if isinstance(row.user, User):
            budgets.reserve(row.user, row, lambda: messages, more=titling.MOST_TOKENS)
    except OverBudget:
        ended = {"status": Status.STOPPED, "error_kind": "over_budget", "ended_at": Now(), "duration_ms": 0}
        Generation.objects.filter(pk=generation_id).update(**ended)
        return False
    return True


def end_title(owner: str, claim: TitleClaim, ending: Ending) -> str | None:
    """Writes the row of the ledger, and the title if there is one: then the frame that tells of it."""
    ended = endings.finish(claim.generation_id, owner=owner, fence=claim.fence, ending=ending)
    if ended is None or ending.status != Status.COMPLETE:
        return None
    if not titling.give(claim.conversation_id, titling.title_from(ending.content)):
        return None
    row = listing.with_running(Conversation.objects.filter(pk=claim.conversation_id)).first()
    return frame_of(row) if row is not None else None
