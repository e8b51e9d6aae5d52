"""Continue: an answer that broke off goes on; the same message grows, under a request of its own."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext

from conversations.models import Conversation, Generation, Message
from conversations.models.status import Status
from conversations.offers import Choice, choose, value_of
from conversations.outcomes import can_go_on
from conversations.refusals import Invalid, NotFound
from conversations.sending.once import mine, once
from conversations.sending.requests import queue_request, show
from conversations.sending.sent import Sent


def continue_answer(
    user: User, conversation_id: UUID, message_id: UUID, *, client_id: UUID | None = None, model: str = ""
) -> Sent:
    """Lets the last answer of a branch go on, by default with the model that has begun it. Raises Refusal."""
    conversation = mine(user, conversation_id)

    def go_on() -> Sent:
        answer = conversation.messages.filter(id=message_id, role=Message.Role.ASSISTANT).first()
        if answer is None:
            raise NotFound(gettext("There is no such answer in this conversation."))
        if not can_go_on(answer):
            raise Invalid(gettext("This answer cannot be continued. You can ask for another one instead."))
        choice = choose(user, model or _who_began(answer), conversation=conversation)
        _take_up(answer)
        purpose = Generation.Purpose.CONTINUE
        queue_request(user, conversation, answer, client_id=client_id, choice=choice, purpose=purpose)
        _show(conversation, answer, choice, chosen=bool(model))
        return Sent(conversation, None, answer, goes_on=True)

    return once(user, conversation, client_id, go_on)


def _who_began(answer: Message) -> str:
    began = answer.generations.order_by("created_at", "id").last()
    return value_of(began.model_requested, began.provider_id) if began is not None else ""


def _take_up(answer: Message) -> None:
    """Puts the answer back into the queue, unless it goes on already or has been answered to meanwhile."""
    replies = Message.objects.filter(parent=OuterRef("pk"))
    texts = {"finish_reason": "", "error": "", "error_kind": ""}
    values: dict[str, Any] = {"status": Status.QUEUED, "stopped_in_ms": None, **texts}
    unchanged = Message.objects.filter(~Exists(replies), pk=answer.pk, status=answer.status)
    if not unchanged.update(**values):
        raise Invalid(gettext("Only the last answer can be continued."))
    for name, value in values.items():
        setattr(answer, name, value)


def _show(conversation: Conversation, answer: Message, choice: Choice, *, chosen: bool) -> None:
    if not chosen and conversation.model:
        # What the next question is put to stays as it was picked.
        choice = Choice(conversation.provider or choice.provider, conversation.model)
    show(conversation, answer, choice, at=timezone.now())
