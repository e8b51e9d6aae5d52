"""Finished conversations to be found."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from conversations.models import Conversation, Message


def talk(
    owner: User,
    title: str,
    *turns: str,
    at: datetime | None = None,
    model: str = "alpha",
    status: str = "complete",
) -> Conversation:
    """Questions and answers in turn; the answers have that status."""
    at = at or timezone.now()
    conversation = Conversation.objects.create(
        owner=owner, title=title, model=model, created_at=at, updated_at=at
    )
    leaf: Message | None = None
    for number, content in enumerate(turns):
        is_answer = number % 2 == 1
        leaf = Message.objects.create(
            conversation=conversation,
            parent=leaf,
            role="assistant" if is_answer else "user",
            content=content,
            status=status if is_answer else "complete",
            model=model if is_answer else "",
            created_at=at + timedelta(seconds=number),
        )
    conversation.active_leaf = leaf
    conversation.save()
    return conversation
