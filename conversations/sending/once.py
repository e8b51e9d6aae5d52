"""What every verb that starts an answer keeps to: mine only, once for one client_id, one at a time."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils.translation import gettext

from conversations import limits
from conversations.models import Conversation
from conversations.models.prepared import PreparedObjects
from conversations.models.writing import writing
from conversations.refusals import Busy, NotFound, Refusal
from conversations.sending.sent import Sent

_MINE = PreparedObjects(
    Conversation,
    lambda owner_id, conversation_id: Conversation.objects.of(User(pk=owner_id)).filter(id=conversation_id),
    int,
    UUID,
)


def mine(user: User, conversation_id: UUID) -> Conversation:
    """Raises NotFound, for someone else's as for one that does not exist."""
    conversation = _MINE.first(user.pk, conversation_id)
    if conversation is None:
        raise NotFound(gettext("There is no such conversation."))
    return conversation


def once(user: User, conversation: Conversation, client_id: UUID | None, verb: Callable[[], Sent]) -> Sent:
    """Carries out a verb that starts an answer: once for one client_id, one at a time in one conversation.

    The constraints decide that, not a look beforehand: only when they refuse do we ask why.
    """
    try:
        with writing():
            sent = verb()
            limits.check_rate(user, beside=sent.answer)
            return sent
    except (IntegrityError, Refusal):
        if client_id and (first := repeated(conversation, client_id)):
            return first
        refuse_while_running(conversation)
        raise


def repeated(conversation: Conversation, client_id: UUID) -> Sent | None:
    """What was made under this client_id, whichever verb it was."""
    generation = (
        conversation.generations.filter(client_id=client_id).select_related("message__parent").first()
    )
    if generation is None or generation.message is None:
        return None
    parent = generation.message.parent
    question = parent if parent is not None and parent.client_id == client_id else None
    return Sent(conversation, question, generation.message, repeated=True)


def refuse_while_running(conversation: Conversation) -> None:
    running = conversation.messages.running().first()
    if running is not None:
        raise Busy(gettext("An answer is still being written here. Wait for it, or stop it."), running.id)
