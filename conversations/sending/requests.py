"""The rows of an answer that is asked for: the empty message, and the queued request that fills it."""

from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.translation import gettext

from conversations.models import Conversation, Generation, Message
from conversations.models.prepared import insert_rows, update_rows
from conversations.models.status import Status
from conversations.offers import Choice
from conversations.parameters import merged
from conversations.refusals import NotFound


def unasked(
    conversation: Conversation, question_id: UUID | None, choice: Choice, *, made: datetime
) -> Message:
    """An answer of which nothing is there yet; not saved."""
    return Message(
        conversation=conversation,
        parent_id=question_id,
        role=Message.Role.ASSISTANT,
        status=Status.QUEUED,
        model=choice.model,
        parameters=merged(choice.provider.parameters, conversation.parameters),
        created_at=made,
    )


def queue_request(
    user: User,
    conversation: Conversation,
    answer: Message,
    *,
    client_id: UUID | None,
    choice: Choice,
    purpose: Generation.Purpose = Generation.Purpose.ANSWER,
) -> None:
    """Queues the request for a saved answer."""
    request = Generation(
        conversation=conversation,
        message=answer,
        user=user,
        user_name=user.get_username(),
        provider=choice.provider,
        provider_name=choice.provider.name,
        client_id=client_id,
        purpose=purpose,
        model_requested=choice.model,
        parameters=answer.parameters,
        first_seq=answer.last_seq + 1,
    )
    insert_rows([request])


def show(
    conversation: Conversation, answer: Message, choice: Choice, *, at: datetime, title: str = ""
) -> None:
    """Makes an answer what the conversation shows, and who gives it the one that it asks next."""
    conversation.active_leaf = answer
    conversation.provider, conversation.model = choice.provider, choice.model
    conversation.updated_at = at
    fields = ["active_leaf_id", "provider_id", "model", "updated_at"]
    if title:
        conversation.title, conversation.title_source = title, Conversation.TitleSource.CUT
        fields += ["title", "title_source"]
    if not update_rows(
        Conversation, {"id": conversation.pk}, {name: getattr(conversation, name) for name in fields}
    ):
        raise NotFound(gettext("There is no such conversation."))
