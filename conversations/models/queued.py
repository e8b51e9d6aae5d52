"""A message that waits for the running answer: written already, asked as soon as the answer has ended."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone


class QueuedMessageQuerySet(models.QuerySet["QueuedMessage"]):
    def in_order(self) -> "QueuedMessageQuerySet":
        """The next one to be sent first."""
        return self.order_by("created_at", "id")


class QueuedMessage(models.Model):
    """`held`: why it was not sent when its turn had come, in a sentence; it then waits for its author."""

    conversation = models.ForeignKey("Conversation", models.CASCADE, related_name="queued")
    client_id = models.UUIDField(editable=False)
    content = models.TextField()
    # A choice as the picker names it; see conversations/offers.py.
    model = models.CharField(max_length=230, blank=True, default="")
    held = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    if TYPE_CHECKING:
        import uuid

        conversation_id: uuid.UUID

    objects: ClassVar[QueuedMessageQuerySet] = QueuedMessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "client_id"], name="one_queued_per_client_id"),
        ]

    def __str__(self) -> str:
        return f"queued {self.client_id}"
