"""The verbs: send, retry and stop. Each is one transaction; none waits for an upstream.

Pressing Send writes the question, the empty answer and the queued request together; that row is all that
makes a runner work. A verb returns what it wrote; whoever called it rings the doorbell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.db.models.functions import Now
from django.utils import timezone

from conversations import limits
from conversations.models import Conversation, Generation, Message
from conversations.models.status import RUNNING, Status
from conversations.models.writing import writing
from conversations.offers import Choice, choose
from conversations.parameters import merged
from conversations.refusals import Busy, Invalid, NotFound, Refusal
from conversations.titles import plain_title


@dataclass(frozen=True, slots=True)
class Sent:
    """What stands in the database now. `repeated`: it had been there before, under the same client_id."""

    conversation: Conversation
    question: Message | None
    answer: Message
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Stopping:
    """`generation` is the running request that was asked to stop, or None where nothing ran any more."""

    message: Message
    generation: Generation | None


def start_conversation(
    user: User,
    *,
    content: str,
    client_id: UUID | None = None,
    model: str = "",
    system_prompt: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> Sent:
    """Makes a conversation of its first message; `parameters` are clean. Raises Refusal."""
    text = limits.cleaned(content)
    prompt = limits.printable(system_prompt)
    try:
        with writing():
            choice = choose(user, model)
            conversation = Conversation.objects.create(
                owner=user,
                client_id=client_id,
                system_prompt=prompt or choice.system_prompt,
                parameters=dict(parameters or {}),
            )
            sent = _ask(user, conversation, text, parent_id=None, client_id=client_id, choice=choice)
            limits.check_rate(user, beside=sent.answer)
            return sent
    except (IntegrityError, Refusal):
        # The same form, sent twice: the other one was first.
        known = Conversation.objects.of(user).filter(client_id=client_id).first() if client_id else None
        if known is None:
            raise
        return _again(known, client_id)


def send(
    user: User,
    conversation_id: UUID,
    *,
    content: str,
    client_id: UUID | None = None,
    parent_id: UUID | None = None,
    model: str = "",
) -> Sent:
    """Asks in a conversation, after `parent_id` (default: what is shown last). Raises Refusal."""
    conversation = _mine(user, conversation_id)

    def ask() -> Sent:
        text = limits.cleaned(content)
        parent = conversation.active_leaf_id if parent_id is None else _parent(conversation, parent_id)
        choice = choose(user, model, conversation=conversation)
        return _ask(user, conversation, text, parent_id=parent, client_id=client_id, choice=choice)

    return _once(user, conversation, client_id, ask)


def retry(
    user: User, conversation_id: UUID, message_id: UUID, *, client_id: UUID | None = None, model: str = ""
) -> Sent:
    """Asks the question of `message_id` (an answer that ended) once more, as a new variant beside it.

    The old answer stays where it is; a retry and a regeneration differ only in why they are asked for.
    """
    conversation = _mine(user, conversation_id)

    def ask_again() -> Sent:
        old = conversation.messages.filter(id=message_id, role=Message.Role.ASSISTANT).first()
        if old is None:
            raise NotFound("There is no such answer in this conversation.")
        choice = choose(user, model, conversation=conversation)
        answer = _unasked(conversation, old.parent_id, made=timezone.now())
        answer.model, answer.parameters = choice.model, merged(conversation.parameters)
        answer.save(force_insert=True)
        purpose = Generation.Purpose.RETRY
        _queue(user, conversation, answer, client_id=client_id, choice=choice, purpose=purpose)
        return Sent(conversation, None, answer)

    return _once(user, conversation, client_id, ask_again)


def _once(user: User, conversation: Conversation, client_id: UUID | None, verb: Callable[[], Sent]) -> Sent:
    """Carries out a verb that starts an answer: once for one client_id, one at a time in one conversation.

    The constraints decide that, not a look beforehand: only when they refuse do we ask why.
    """
    try:
        with writing():
            sent = verb()
            limits.check_rate(user, beside=sent.answer)
            return sent
    except (IntegrityError, Refusal):
        if client_id and (repeated := _repeated(conversation, client_id)):
            return repeated
        _refuse_while_running(conversation)
        raise


def stop(user: User, conversation_id: UUID, message_id: UUID) -> Stopping:
    """Asks for an end; what has arrived is kept. Stopping what has ended changes nothing. Raises NotFound."""
    conversation = _mine(user, conversation_id)
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


def _mine(user: User, conversation_id: UUID) -> Conversation:
    conversation = Conversation.objects.of(user).filter(id=conversation_id).first()
    if conversation is None:
        raise NotFound("There is no such conversation.")
    return conversation


def _again(conversation: Conversation, client_id: UUID | None) -> Sent:
    sent = _repeated(conversation, client_id) if client_id else None
    if sent is None:
        raise Invalid("This form has been used already. Please reload the page.")
    return sent


def _repeated(conversation: Conversation, client_id: UUID) -> Sent | None:
    generation = (
        conversation.generations.filter(client_id=client_id).select_related("message__parent").first()
    )
    if generation is None or generation.message is None:
        return None
    parent = generation.message.parent
    question = parent if parent is not None and parent.client_id == client_id else None
    return Sent(conversation, question, generation.message, repeated=True)


def _parent(conversation: Conversation, parent_id: UUID) -> UUID:
    if not conversation.messages.filter(id=parent_id).exists():
        raise NotFound("The message that this one follows is not in this conversation.")
    return parent_id


def _refuse_while_running(conversation: Conversation) -> None:
    running = conversation.messages.running().first()
    if running is not None:
        raise Busy("An answer is still being written here. Wait for it, or stop it.", running.id)


def _ask(
    user: User,
    conversation: Conversation,
    text: str,
    *,
    parent_id: UUID | None,
    client_id: UUID | None,
    choice: Choice,
) -> Sent:
    made = timezone.now()
    question = Message(
        conversation=conversation,
        parent_id=parent_id,
        role=Message.Role.USER,
        content=text,
        client_id=client_id,
        created_at=made,
    )
    # After the question by the clock too: the order of messages is by time.
    answer = _unasked(conversation, question.id, made=made + timedelta(microseconds=1))
    answer.model, answer.parameters = choice.model, merged(conversation.parameters)
    Message.objects.bulk_create([question, answer])
    conversation.title = conversation.title or plain_title(text)
    _queue(user, conversation, answer, client_id=client_id, choice=choice)
    return Sent(conversation, question, answer)


def _unasked(conversation: Conversation, question_id: UUID | None, *, made: datetime) -> Message:
    """An answer of which nothing is there yet; not saved."""
    return Message(
        conversation=conversation,
        parent_id=question_id,
        role=Message.Role.ASSISTANT,
        status=Status.QUEUED,
        created_at=made,
    )


def _queue(
    user: User,
    conversation: Conversation,
    answer: Message,
    *,
    client_id: UUID | None,
    choice: Choice,
    purpose: Generation.Purpose = Generation.Purpose.ANSWER,
) -> None:
    """Queues the request for a saved answer, which becomes what the conversation shows."""
    Generation.objects.create(
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
    )
    conversation.active_leaf = answer
    conversation.provider, conversation.model = choice.provider, choice.model
    conversation.updated_at = answer.created_at
    conversation.save(update_fields=["active_leaf", "provider", "model", "title", "updated_at"])
