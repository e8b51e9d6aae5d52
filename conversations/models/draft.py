"""What somebody has typed and not sent yet: kept, so that it stands in every tab and on every device."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Draft(models.Model):
    """`conversation` is None for the new-conversation page."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="drafts", db_index=False)
    conversation = models.ForeignKey(
        "Conversation", models.CASCADE, null=True, blank=True, related_name="drafts"
    )
    content = models.TextField()
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "conversation"], name="one_draft_per_conversation"),
            models.UniqueConstraint(
                fields=["user"], condition=Q(conversation=None), name="one_draft_for_a_new_conversation"
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"
