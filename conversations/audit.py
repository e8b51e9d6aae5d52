"""The audit log: who signed in, exported, changed roles or providers, or read a conversation."""

from contextvars import ContextVar
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.http import HttpRequest
from django.utils import timezone

from conversations.addresses import client_address
from conversations.models import AuditEntry, Conversation, Reading

Kind = AuditEntry.Kind
# How long a stated reason opens a conversation.
LEAVE = timedelta(minutes=30)

# The request that is being answered, for what happens deep below it.
current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)


def record(
    kind: str,
    actor: AbstractBaseUser | AnonymousUser | None = None,
    *,
    about: str = "",
    detail: str = "",
) -> AuditEntry:
    """Writes an entry; without an actor, the person of the request that is being answered."""
    request = current_request.get()
    if actor is None and request is not None:
        actor = getattr(request, "user", None)
    known = actor if isinstance(actor, User) and actor.pk else None
    return AuditEntry.objects.create(
        kind=kind,
        actor=known,
        actor_name=known.get_username() if known else "",
        about=about[:200],
        detail=detail[:500],
        address=client_address(request) if request else None,
    )


def open_for_reading(reader: User, conversation: Conversation, reason: str) -> Reading:
    """Lets `reader` read for half an hour; the log and the owner hear of it."""
    now = timezone.now()
    reading = Reading.objects.create(
        conversation=conversation,
        owner_id=conversation.owner_id,
        reader=reader,
        reader_name=reader.get_username(),
        reason=reason,
        created_at=now,
        until=now + LEAVE,
    )
    record(Kind.READING, reader, about=f"conversation {conversation.pk}", detail=reason)
    return reading
