"""Stop: asks for an end; what has arrived is kept."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db.models.functions import Now

from conversations.models import Generation, Message
from conversations.models.status import RUNNING, Status
from conversations.models.writing import writing
from conversations.refusals import NotFound
from conversations.sending.once import mine
from conversations.sending.sent import Stopping


def stop(user: User, conversation_id: UUID, message_id: UUID) -> Stopping:
    """Asks for an end; what has arrived is kept. Stopping what has ended changes nothing. Raises NotFound."""
    conversation = mine(user, conversation_id)
    message = conversation.messages.filter(id=message_id).first()
    if message is None:
        raise NotFound("There is no such message in this conversation.")
    generation = message.generations.running().first()
    if generation is None:
        return Stopping(message, None)
    with writing():
        waiting = Generation.objects.filter(pk=generation.pk, status=Status.QUEUED)
        if waiting.update(status=Status.STOPPED, ended_at=Now(), stop_requested_at=Now(), duration_ms=0):
            Message.objects.filter(pk=message.pk).update(status=Status.STOPPED)
            return Stopping(message, generation)
        still = Generation.objects.filter(pk=generation.pk, status__in=RUNNING, stop_requested_at=None)
        still.update(stop_requested_at=Now())
    return Stopping(message, generation)
