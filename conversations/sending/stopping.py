"""Stop: asks for an end; what has arrived is kept."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.utils.translation import gettext

from conversations.models import Conversation, Generation, Message
from conversations.models.status import RUNNING, Status
from conversations.models.writing import writing
from conversations.refusals import NotFound
from conversations.sending.once import mine
from conversations.sending.queueing import hold_all
from conversations.sending.sent import Stopping


def stop(user: User, conversation_id: UUID, message_id: UUID) -> Stopping:
    """Asks for an end; what has arrived is kept. Stopping what has ended changes nothing. Raises NotFound."""
    conversation = mine(user, conversation_id)
    message = conversation.messages.filter(id=message_id).first()
    if message is None:
        raise NotFound(gettext("There is no such message in this conversation."))
    generation = message.generations.running().first()
    if generation is None:
        return Stopping(message, None)
    return _stop(message, generation)


def stop_all(conversation: Conversation, why: str) -> list[Stopping]:
    """Ends all that runs in a conversation and lets nothing follow: `why` is said beside what waits.

    For a conversation that is put away or deleted; whoever may do that has been asked before.
    """
    hold_all(conversation, why)
    running = conversation.messages.running().prefetch_related("generations")
    pairs = [(message, message.generations.running().first()) for message in running]
    return [_stop(message, generation) for message, generation in pairs if generation is not None]


def _stop(message: Message, generation: Generation) -> Stopping:
    with writing():
        waiting = Generation.objects.filter(pk=generation.pk, status=Status.QUEUED)
        at_once = {"stop_requested_at": Now(), "ended_at": Now(), "duration_ms": 0, "stopped_in_ms": 0}
        if waiting.update(status=Status.STOPPED, **at_once):
            Message.objects.filter(pk=message.pk).update(status=Status.STOPPED, stopped_in_ms=0)
            return Stopping(message, generation, ended=True)
        still = Generation.objects.filter(pk=generation.pk, status__in=RUNNING, stop_requested_at=None)
        still.update(stop_requested_at=Now())
    return Stopping(message, generation)
