"""Retry and regenerate: the same question once more; the old answer stays, as another variant of it."""

from uuid import UUID

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext

from conversations.models import Generation, Message
from conversations.offers import choose
from conversations.refusals import NotFound
from conversations.sending.once import mine, once
from conversations.sending.requests import queue_request, show, unasked
from conversations.sending.sent import Sent


def retry(
    user: User, conversation_id: UUID, message_id: UUID, *, client_id: UUID | None = None, model: str = ""
) -> Sent:
    """Asks the question of `message_id` (an answer that ended) once more, as a new variant beside it.

    The old answer stays where it is. `regenerate` is the same for an answer with which nothing was wrong.
    Raises Refusal.
    """
    conversation = mine(user, conversation_id)

    def ask_again() -> Sent:
        old = conversation.messages.filter(id=message_id, role=Message.Role.ASSISTANT).first()
        if old is None:
            raise NotFound(gettext("There is no such answer in this conversation."))
        choice = choose(user, model, conversation=conversation)
        answer = unasked(conversation, old.parent_id, choice, made=timezone.now())
        answer.save(force_insert=True)
        purpose = Generation.Purpose.RETRY
        queue_request(user, conversation, answer, client_id=client_id, choice=choice, purpose=purpose)
        show(conversation, answer, choice, at=answer.created_at)
        return Sent(conversation, None, answer)

    return once(user, conversation, client_id, ask_again)


regenerate = retry
