"""Send: a question and its answer, in a new conversation or after a message of an old one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext

from conversations import limits
from conversations.drafts import clear_draft
from conversations.models import Conversation, Message, QueuedMessage
from conversations.models.occupied import has_rows
from conversations.models.prepared import insert_rows
from conversations.models.writing import writing
from conversations.offers import Choice, choose
from conversations.refusals import Invalid, NotFound, Refusal
from conversations.sending.once import mine, once, repeated
from conversations.sending.requests import queue_request, show, unasked
from conversations.sending.sent import Sent
from conversations.titles import plain_title


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
            sent = ask(user, conversation, text, parent_id=None, client_id=client_id, choice=choice)
            limits.check_rate(user, beside=sent.answer)
            return replace(sent, draft_cleared=clear_draft(user, None, text))
    except (IntegrityError, Refusal):
        # The same form, sent twice: the other one was first.
        mine = Conversation.objects.of(user, with_trash=True)
        known = mine.filter(client_id=client_id).first() if client_id else None
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
    edits: UUID | None = None,
    model: str = "",
) -> Sent:
    """Asks in a conversation, after `parent_id` (default: what is shown last). Raises Refusal.

    `edits`: a message of mine in whose place the new one stands, as another variant; then `parent_id` is its.
    """
    conversation = mine(user, conversation_id)

    def work() -> Sent:
        text = limits.cleaned(content)
        parent = _parent(conversation, parent_id, edits)
        choice = choose(user, model, conversation=conversation)
        # Under this client_id it may have waited in the queue.
        if client_id is not None and has_rows(QueuedMessage):
            conversation.queued.filter(client_id=client_id).delete()
        sent = ask(user, conversation, text, parent_id=parent, client_id=client_id, choice=choice)
        return replace(sent, draft_cleared=clear_draft(user, conversation, text))

    return once(user, conversation, client_id, work)


def ask(
    user: User,
    conversation: Conversation,
    text: str,
    *,
    parent_id: UUID | None,
    client_id: UUID | None,
    choice: Choice,
) -> Sent:
    """Within a transaction: writes the question, the empty answer and the request for it."""
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
    answer = unasked(conversation, question.id, choice, made=made + timedelta(microseconds=1))
    insert_rows([question, answer])
    queue_request(user, conversation, answer, client_id=client_id, choice=choice)
    title = "" if conversation.title else plain_title(text)
    show(conversation, answer, choice, at=answer.created_at, title=title)
    return Sent(conversation, question, answer)


def _again(conversation: Conversation, client_id: UUID | None) -> Sent:
    sent = repeated(conversation, client_id) if client_id else None
    if sent is None:
        raise Invalid(gettext("This form has been used already. Please reload the page."))
    return sent


def _parent(conversation: Conversation, parent_id: UUID | None, edits: UUID | None) -> UUID | None:
    if edits is not None:
        edited = conversation.messages.filter(id=edits, role=Message.Role.USER).first()
        if edited is None:
            raise NotFound(gettext("The message that this one is to replace is not in this conversation."))
        return edited.parent_id
    if parent_id is None:
        return conversation.active_leaf_id
    if not conversation.messages.filter(id=parent_id).exists():
        raise NotFound(gettext("The message that this one follows is not in this conversation."))
    return parent_id
