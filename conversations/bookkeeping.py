"""What a process with a runner does beside its work: keeps sums in step with the ledger, and learns."""

import asyncio
import logging
import random

from django.db import DatabaseError

from conversations.learning import learn
from conversations.threads import in_background
from conversations.usage.folding import AT_ONCE, fold
from conversations.usage.rebuilding import rebuild_if_days_moved

logger = logging.getLogger(__name__)

# Seconds between sweeps; pages read what is younger from the ledger itself.
SWEEP = 5.0


def sweep() -> int:
    """Adds up what has ended since the last sweep; returns how many requests that were."""
    folded = fold()
    if folded:
        learn(folded)
    return len(folded)


async def keep_books() -> None:
    """Sweeps until cancelled."""
    days_checked = False
    while True:
        await asyncio.sleep(SWEEP * random.uniform(0.8, 1.2))
        try:
            if not days_checked:
                await in_background(rebuild_if_days_moved)
                days_checked = True
            while await in_background(sweep) >= AT_ONCE:
                pass
        except DatabaseError as error:
            logger.warning("The ledger could not be added up: %s", type(error).__name__)
