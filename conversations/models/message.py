"""One turn of a conversation; turns form a tree through `parent`, so that edits and retries lose nothing."""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_noop

from conversations.models.prepared import Prepared
from conversations.models.status import RUNNING, Status


class MessageQuerySet(models.QuerySet["Message"]):
    def in_order(self) -> "MessageQuerySet":
        """In the order in which they were made."""
        return self.order_by("created_at", "id")

    def running(self) -> "MessageQuerySet":
        return self.filter(status__in=RUNNING)


class Message(models.Model):
    class Role(models.TextChoices):
        SYSTEM = "system", gettext_noop("System")
        DEVELOPER = "developer", gettext_noop("Developer")
        USER = "user", gettext_noop("User")
        ASSISTANT = "assistant", gettext_noop("Assistant")
        TOOL = "tool", gettext_noop("Tool")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey("Conversation", models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    role = models.CharField(max_length=10, choices=Role.choices)
    content = models.TextField(blank=True, default="")
    reasoning = models.TextField(blank=True, default="")
    refusal = models.TextField(blank=True, default="")
    tool_calls = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.COMPLETE)
    finish_reason = models.CharField(max_length=40, blank=True, default="")
    error = models.TextField(blank=True, default="")
    # The machine's word for `error`; see conversations/outcomes.py.
    error_kind = models.CharField(max_length=40, blank=True, default="")
    client_id = models.UUIDField(null=True, blank=True, editable=False)
    # The seq of the last event that is part of `content`; a continued answer counts on from it.
    last_seq = models.PositiveIntegerField(default=0, editable=False)
    # Copied from the ledger, so that a page and an export read one table.
    model = models.CharField(max_length=200, blank=True, default="")
    parameters = models.JSONField(default=dict, blank=True)
    usage = models.JSONField(null=True, blank=True)
    ttft_ms = models.PositiveIntegerField(null=True, blank=True)
    # From the first reasoning to the first content; None for an answer without reasoning.
    reasoning_ms = models.PositiveIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    # From asking for a stop to the closed connection; only for a stopped one.
    stopped_in_ms = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    if TYPE_CHECKING:
        parent_id: uuid.UUID | None
        conversation_id: uuid.UUID

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "client_id"],
                condition=Q(role="user"),
                name="one_message_per_client_id",
            ),
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(status__in=["queued", "streaming"]),
                name="one_running_message",
            ),
            models.CheckConstraint(
                condition=Q(role="assistant") | Q(status="complete"), name="only_answers_have_a_course"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["conversation", "created_at", "id"], name="messages_in_order"),
            # Few answers end badly: a list of them must not look at all the others.
            models.Index(
                fields=["conversation", "status"],
                condition=Q(status__in=["stopped", "interrupted", "failed"]),
                name="answers_cut_short",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.id}"

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @cached_property
    def variants(self) -> list[uuid.UUID]:
        """The messages in the same place, itself among them, in the order in which they were made."""
        found = (
            _FIRST_ONES.rows(self.conversation_id)
            if self.parent_id is None
            else _CHILDREN.rows(self.conversation_id, self.parent_id)
        )
        return [row["id"] for row in found]

    @property
    def kept_tokens(self) -> int | None:
        tokens = (self.usage or {}).get("completion_tokens")
        return int(tokens) if tokens is not None else None

    @property
    def tokens_per_second(self) -> float | None:
        """Completion tokens over the time from the first token to the end; None where it says nothing."""
        tokens: Any = (self.usage or {}).get("completion_tokens")
        if not tokens or self.duration_ms is None or self.ttft_ms is None:
            return None
        seconds = (self.duration_ms - self.ttft_ms) / 1000
        return tokens / seconds if tokens > 1 and seconds > 0 else None


_FIRST_ONES = Prepared(
    lambda conversation_id: (
        Message.objects.filter(conversation=conversation_id, parent=None).in_order().values("id")
    ),
    uuid.UUID,
)
_CHILDREN = Prepared(
    lambda conversation_id, parent_id: (
        Message.objects.filter(conversation=conversation_id, parent=parent_id).in_order().values("id")
    ),
    uuid.UUID,
    uuid.UUID,
)
