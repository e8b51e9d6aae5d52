"""A conversation: whose it is, what it is called, and which leaf of its tree is shown."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from conversations.models.generation import GenerationQuerySet
    from conversations.models.message import Message, MessageQuerySet
    from conversations.models.queued import QueuedMessageQuerySet
    from conversations.models.tag import Tag


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(
        self, user: AbstractBaseUser | AnonymousUser, *, with_trash: bool = False
    ) -> "ConversationQuerySet":
        """Only this person's: the one way in which views, sockets and verbs reach a conversation.

        What lies in the trash is as good as gone, but for the pages and verbs of the trash itself.
        """
        mine = self.filter(owner_id=user.pk)
        return mine if with_trash else mine.filter(trashed_at=None)

    def trashed(self) -> "ConversationQuerySet":
        return self.filter(trashed_at__isnull=False)

    def newest_first(self) -> "ConversationQuerySet":
        return self.order_by("-updated_at", "-id")


class Conversation(models.Model):
    class TitleSource(models.TextChoices):
        """Who named it: a name given by a person is never replaced by one that was not."""

        CUT = "cut", "Cut from the question"
        MODEL = "model", "Written by the model"
        PERSON = "person", "Given by a person"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations")
    # The page's own id for "Send" on the new-conversation page: a second press finds the first one's row.
    client_id = models.UUIDField(null=True, blank=True, editable=False)
    title = models.CharField(max_length=200, blank=True, default="")
    title_source = models.CharField(max_length=6, choices=TitleSource.choices, blank=True, default="")
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
    pinned_at = models.DateTimeField(null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # An answer has ended since its owner last looked.
    unread = models.BooleanField(default=False, editable=False)
    # The program whose export it came from, and its name there: the same file twice is the same conversation.
    source = models.CharField(max_length=20, blank=True, default="", editable=False)
    source_id = models.CharField(max_length=100, blank=True, default="", editable=False)
    tags: "models.ManyToManyField[Tag, models.Model]" = models.ManyToManyField(
        "Tag", blank=True, related_name="conversations"
    )

    if TYPE_CHECKING:
        generations: "GenerationQuerySet"
        messages: "MessageQuerySet"
        queued: "QueuedMessageQuerySet"
        active_leaf_id: uuid.UUID | None
        owner_id: int
        provider_id: int | None

    objects: ClassVar[ConversationQuerySet] = ConversationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "client_id"], name="one_conversation_per_client_id"),
            models.UniqueConstraint(
                fields=["owner", "source", "source_id"],
                condition=~Q(source=""),
                name="one_conversation_per_source",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner", "-updated_at", "-id"], name="conversations_of_owner"),
            # The lists, each in its order. Their conditions must be those of conversations/listing.py.
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                condition=Q(trashed_at=None, archived_at=None, pinned_at=None),
                name="listed_conversations",
            ),
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                condition=Q(trashed_at=None, archived_at=None, pinned_at__isnull=False),
                name="pinned_conversations",
            ),
            models.Index(
                fields=["owner", "-updated_at", "-id"],
                condition=Q(trashed_at=None, archived_at__isnull=False),
                name="archived_conversations",
            ),
            models.Index(
                fields=["owner", "-trashed_at", "-id"],
                condition=Q(trashed_at__isnull=False),
                name="trashed_conversations",
            ),
            models.Index(fields=["owner"], condition=Q(unread=True), name="unread_conversations"),
            models.Index(fields=["owner", "model", "-updated_at", "-id"], name="conversations_of_model"),
            models.Index(fields=["provider", "model"], name="conversations_by_model"),
        ]

    def __str__(self) -> str:
        return self.title or str(self.id)

    def get_absolute_url(self) -> str:
        return reverse("conversation", args=[self.id])

    def thread(self, leaf_id: uuid.UUID | None = None) -> list["Message"]:
        """The messages from the root to `leaf_id` (default: the active leaf), oldest first."""
        by_id = {message.id: message for message in self.messages.in_order()}
        path = path_to(by_id, leaf_id or self.active_leaf_id)
        siblings: dict[uuid.UUID | None, list[uuid.UUID]] = {}
        for message in by_id.values():
            siblings.setdefault(message.parent_id, []).append(message.id)
        for message in path:
            message.variants = siblings[message.parent_id]
        return path


def path_to(by_id: dict[uuid.UUID, "Message"], leaf_id: uuid.UUID | None) -> list["Message"]:
    """Follows `parent` from the leaf to the root; oldest first."""
    path = []
    message = by_id.get(leaf_id) if leaf_id else None
    while message is not None:
        path.append(message)
        message = by_id.get(message.parent_id) if message.parent_id else None
    return path[::-1]
