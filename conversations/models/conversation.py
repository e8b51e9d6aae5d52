"""A conversation: whose it is, what it is called, and which leaf of its tree is shown."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from conversations.models.message import Message, MessageQuerySet


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> "ConversationQuerySet":
        """Only this person's: the one way in which views, sockets and verbs reach a conversation."""
        return self.filter(owner_id=user.pk)

    def newest_first(self) -> "ConversationQuerySet":
        return self.order_by("-updated_at", "-id")


class Conversation(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations")
    # The page's own id for "Send" on the new-conversation page: a second press finds the first one's row.
    client_id = models.UUIDField(null=True, blank=True, editable=False)
    title = models.CharField(max_length=200, blank=True, default="")
    system_prompt = models.TextField(blank=True, default="")
    # Who answers here, until a message names another: the same model of two providers is two choices.
    provider = models.ForeignKey(
        "Provider", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    model = models.CharField(max_length=200, blank=True, default="")
    # What differs from the defaults; see conversations/parameters.py.
    parameters = models.JSONField(default=dict, blank=True)
    active_leaf = models.ForeignKey(
        "Message", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    if TYPE_CHECKING:
        messages: "MessageQuerySet"
        active_leaf_id: uuid.UUID | None
        owner_id: int
        provider_id: int | None

    objects: ClassVar[ConversationQuerySet] = ConversationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "client_id"], name="one_conversation_per_client_id"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-updated_at", "-id"], name="conversations_of_owner"),
            models.Index(fields=["provider", "model"], name="conversations_by_model"),
        ]

    def __str__(self) -> str:
        return self.title or str(self.id)

    def get_absolute_url(self) -> str:
        return reverse("conversation", args=[self.id])

    def thread(self, leaf_id: uuid.UUID | None = None) -> list["Message"]:
        """The messages from the root to `leaf_id` (default: the active leaf), oldest first."""
        by_id = {message.id: message for message in self.messages.in_order()}
        return path_to(by_id, leaf_id or self.active_leaf_id)


def path_to(by_id: dict[uuid.UUID, "Message"], leaf_id: uuid.UUID | None) -> list["Message"]:
    """Follows `parent` from the leaf to the root; oldest first."""
    path = []
    message = by_id.get(leaf_id) if leaf_id else None
    while message is not None:
        path.append(message)
        message = by_id.get(message.parent_id) if message.parent_id else None
    return path[::-1]
