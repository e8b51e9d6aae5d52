"""What the search looks through: one row for each title, question and answer, in the order of time."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Passage(models.Model):
    """The words themselves stand in a table or column that only the database's own full text search knows."""

    class Tier(models.TextChoices):
        """In this order they are shown."""

        TITLE = "t", "Title"
        QUESTION = "q", "Question"
        ANSWER = "a", "Answer"

    # Microseconds from 1970 to when the text was made: newest first is then the order of the index itself.
    id = models.BigIntegerField(primary_key=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    conversation = models.ForeignKey("Conversation", models.CASCADE, related_name="+")
    # None for the conversation's title.
    message = models.OneToOneField("Message", models.CASCADE, null=True, related_name="+")
    tier = models.CharField(max_length=1, choices=Tier.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(message=None), name="one_passage_for_a_title"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["owner", "tier", "-id"], name="passages_in_order")]

    def __str__(self) -> str:
        return f"{self.tier} {self.id}"


class Unindexed(models.Model):
    """What has been written and not been indexed yet. Triggers write it, so that nothing is forgotten."""

    conversation_id = models.UUIDField()
    message_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return str(self.message_id or self.conversation_id)
