"""Looks, from time to time, whether the channel layer has lost a ring that this page should have heard.

Readers find the text of an answer by themselves; this finds the answer. Only where there are other processes:
rings within one are never lost.
"""

import asyncio
import contextlib
import random
from uuid import UUID

from django.db import DatabaseError

from conversations import frames
from conversations.consumers.visitor import SignedOut, Visitor
from conversations.models import Conversation
from conversations.reader import Reader
from conversations.refusals import NotFound
from conversations.threads import in_database

LOOK = 5.0  # seconds


class LostRings:
    def __init__(self, visitor: Visitor, reader: Reader) -> None:
        self._visitor, self._reader = visitor, reader
        # The leaf that the page shows; None where a ring has changed that since the last look.
        self._shown: UUID | None = None
        self._told: set[UUID] = set()

    def heard(self) -> None:
        """A ring came: what the page shows now is for the next look to learn."""
        self._shown = None

    async def watch(self) -> None:
        """Until cancelled. A page that missed something is told to take the thread from the server."""
        while True:
            # Others see to what is wrong with the database, the session or the conversation.
            with contextlib.suppress(DatabaseError, SignedOut, NotFound):
                await self._look()
            await asyncio.sleep(LOOK * random.uniform(0.8, 1.2))

    async def _look(self) -> None:
        active, running = await in_database(self._visitor.ask, _shown_now)
        known, self._shown = self._shown, active
        unheard = [each for each in running if each not in self._told and not self._reader.follows(each)]
        self._told.update(unheard)
        if active is not None and known is not None and (active != known or unheard):
            self._reader.say(frames.encode(frames.BranchChanged(active)))


def _shown_now(conversation: Conversation) -> tuple[UUID | None, list[UUID]]:
    """What is shown last, and the answers that are being written."""
    running = conversation.messages.running().values_list("id", flat=True)
    return conversation.active_leaf_id, list(running)
