"""The part of a search that asks about conversations, not words: pinned, archived, tags, models, outcomes."""

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, F, OuterRef, Q

from conversations.models import Conversation, Message, Tag
from conversations.models.conversation import ConversationQuerySet
from conversations.models.status import RUNNING
from conversations.search.query import Query

_STATES = {
    "pinned": Q(pinned_at__isnull=False),
    "archived": Q(archived_at__isnull=False),
    "unread": Q(unread=True),
}


def these(user: User, ids: Collection[UUID]) -> ConversationQuerySet:
    """Those of a few conversations that are this person's and not in the trash.

    Whose they are is asked of an expression: otherwise SQLite may take the index of owners, and look through
    all that this person has.
    """
    rows = Conversation.objects.filter(pk__in=ids, trashed_at=None)
    return rows.alias(whose=F("owner_id") + 0).filter(whose=user.pk)


def narrowed(rows: ConversationQuerySet, query: Query) -> ConversationQuerySet:
    """Those of which all is true that the query's operators say."""
    for state in query.states & _STATES.keys():
        rows = rows.filter(_STATES[state])
    if "running" in query.states:
        rows = rows.filter(_has(status__in=RUNNING))
    if query.statuses:
        rows = rows.filter(_has(role="assistant", status__in=query.statuses))
    for model in query.models:
        rows = rows.filter(Q(model__icontains=model) | _has(role="assistant", model__icontains=model))
    for tag in query.tags:
        rows = rows.filter(Exists(Tag.objects.named(tag).filter(conversations=OuterRef("pk"))))
    return rows


def _has(**message: object) -> Exists:
    return Exists(Message.objects.filter(conversation=OuterRef("pk"), **message))
