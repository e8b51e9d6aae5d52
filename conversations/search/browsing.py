"""Operators without words: the conversations of which they are true, the newest first."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef

from conversations import listing
from conversations.models import Conversation, Message
from conversations.search.narrowing import narrowed
from conversations.search.query import Query


def browse(user: User, query: Query, after: str, length: int) -> tuple[list[dict[str, Any]], str]:
    """The conversations of one page, and the cursor of the next one."""
    rows = narrowed(Conversation.objects.of(user), query)
    if query.after:
        rows = rows.filter(updated_at__gte=query.after)
    if query.before:
        rows = rows.filter(updated_at__lt=query.before)
    if query.roles:
        rows = rows.filter(Exists(Message.objects.filter(conversation=OuterRef("pk"), role__in=query.roles)))
    page = listing.cut(rows, "updated_at", after, length)
    return [{"id": row.id, "title": row.title, "updated_at": row.updated_at} for row in page.rows], page.older


def message_to_show(query: Query, conversation_ids: list[UUID]) -> dict[UUID, UUID]:
    """Conversation → the message that a result leads to: the newest with that outcome, else the first."""
    rows = Message.objects.filter(conversation__in=conversation_ids).order_by("created_at", "id")
    if query.statuses:
        rows = rows.filter(role="assistant", status__in=query.statuses)
    elif query.roles == {"assistant"}:
        rows = rows.filter(role="assistant")
    else:
        # Reversed, so that the first one of each conversation is what remains. Not `parent=None`: SQLite
        # would look through the beginnings of all conversations.
        rows = rows.reverse()
    return dict(rows.values_list("conversation_id", "id"))
