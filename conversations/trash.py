"""The trash: what is put there can be taken back for a while, and is then deleted for good.

Deleting removes every text: messages, the log of answers, drafts, the search index. The ledger keeps its
numbers, for its rows outlive the conversations they were for.
"""

import asyncio
import logging
import random
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from conversations import sending
from conversations.models import Conversation, Generation, GenerationEvent, Message, QueuedMessage
from conversations.models.conversation import ConversationQuerySet
from conversations.models.status import RUNNING, Status
from conversations.models.writing import writing
from conversations.threads import in_background

logger = logging.getLogger(__name__)

# Conversations that are deleted in one transaction: others want to write meanwhile.
BATCH = 100
# Seconds after the start until the first look, and between looks.
FIRST_LOOK, DAY = 60.0, 86_400.0


def retention() -> int:
    """Days that things lie in the trash; 0: until somebody empties it."""
    return int(settings.ENVIRONMENT.trash_days)


def put(user: User, ids: Collection[UUID]) -> list[sending.Stopping]:
    """Puts conversations into the trash. A running answer is stopped first; what came of it is kept.

    What waits there is held before that, or the end of the answer would send it.
    """
    mine = Conversation.objects.of(user).filter(pk__in=ids)
    at_work = Exists(Message.objects.running().filter(conversation=OuterRef("pk")))
    waits = Exists(QueuedMessage.objects.filter(conversation=OuterRef("pk")))
    stopped = [
        stopping
        for conversation in mine.filter(at_work | waits)
        for stopping in sending.stop_all(conversation, sending.IN_TRASH)
    ]
    mine.update(trashed_at=timezone.now())
    return stopped


def restore(user: User, ids: Collection[UUID]) -> None:
    _in_trash(user).filter(pk__in=ids).update(trashed_at=None)


def delete(user: User, ids: Iterable[UUID]) -> int:
    """Deletes for good, but only what lies in the trash; how many that were."""
    return _delete(_in_trash(user).filter(pk__in=list(ids)))


def empty(user: User) -> int:
    """Deletes all that this person has put into the trash."""
    return _delete(_in_trash(user))


def delete_expired(now: datetime | None = None) -> int:
    """Deletes what has lain in the trash for longer than the retention; how many conversations that were."""
    if not retention():
        return 0
    before = (now or timezone.now()) - timedelta(days=retention())
    return _delete(Conversation.objects.trashed().filter(trashed_at__lt=before), waits=False)


async def keep_emptying() -> None:
    """Once a day, as long as this process serves."""
    await asyncio.sleep(FIRST_LOOK)
    while True:
        try:
            await in_background(delete_expired)
        except DatabaseError as error:
            logger.warning("The trash has to wait for the database (%s)", type(error).__name__)
        await asyncio.sleep(DAY * random.uniform(0.9, 1.1))


def _in_trash(user: User) -> ConversationQuerySet:
    return Conversation.objects.of(user, with_trash=True).trashed()


def _delete(doomed: ConversationQuerySet, *, waits: bool = True) -> int:
    number = 0
    while deleted := _delete_some(doomed, waits=waits):
        number += deleted
    return number


def _delete_some(doomed: ConversationQuerySet, *, waits: bool) -> int:
    """One transaction; of several processes each takes other rows, or with `waits` also what they let go."""
    with writing():
        rows = doomed.order_by().select_for_update(skip_locked=not waits)
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        requests = Generation.objects.filter(conversation__in=ids)
        # Put there while it ran, and its stop was lost: nobody wants it any more.
        requests.filter(status=Status.QUEUED).update(status=Status.STOPPED, ended_at=Now(), duration_ms=0)
        requests.filter(status__in=RUNNING, stop_requested_at=None).update(stop_requested_at=Now())
        GenerationEvent.objects.filter(generation__in=requests).delete()
        Conversation.objects.filter(pk__in=ids).delete()
    return len(ids)
