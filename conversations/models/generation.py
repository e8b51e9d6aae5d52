"""The ledger, and the queue: one row for one upstream request, written whatever becomes of it."""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from conversations.models.status import RUNNING, Status


class GenerationQuerySet(models.QuerySet["Generation"]):
    def running(self) -> "GenerationQuerySet":
        return self.filter(status__in=RUNNING)

    def waiting(self) -> "GenerationQuerySet":
        """Queued answers, the longest waiting first. Titles wait in a line of their own."""
        return self.filter(status=Status.QUEUED).exclude(purpose="title").order_by("created_at", "id")

    def abandoned(self) -> "GenerationQuerySet":
        """Streaming ones whose runner has let its lease run out (measured by the database's clock)."""
        return self.filter(status=Status.STREAMING, lease_until__lt=Now())


class Generation(models.Model):
    class Purpose(models.TextChoices):
        ANSWER = "answer", gettext_noop("Answer")
        CONTINUE = "continue", gettext_noop("Continuation")
        RETRY = "retry", gettext_noop("Retry")
        TITLE = "title", gettext_noop("Title")
        PROBE = "probe", gettext_noop("Probe")

    class Source(models.TextChoices):
        REPORTED = "reported", gettext_noop("Reported by the server")
        ESTIMATED = "estimated", gettext_noop("Estimated by us")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # A ledger row outlives all that it points to; the names beside the keys stay readable.
    conversation = models.ForeignKey(
        "Conversation", models.SET_NULL, null=True, blank=True, related_name="generations"
    )
    message = models.ForeignKey("Message", models.SET_NULL, null=True, blank=True, related_name="generations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="generations"
    )
    user_name = models.CharField(max_length=150, blank=True, default="")
    provider = models.ForeignKey(
        "Provider", models.SET_NULL, null=True, blank=True, related_name="generations"
    )
    provider_name = models.CharField(max_length=80, blank=True, default="")
    client_id = models.UUIDField(null=True, blank=True)
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.ANSWER)

    model_requested = models.CharField(max_length=200, blank=True, default="")
    parameters = models.JSONField(
        default=dict, blank=True, help_text=gettext_noop("What was asked for beside the messages")
    )
    model_answered = models.CharField(max_length=200, blank=True, default="")
    upstream_id = models.CharField(max_length=200, blank=True, default="")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUEUED)
    finish_reason = models.CharField(max_length=40, blank=True, default="")
    error = models.TextField(blank=True, default="")
    error_kind = models.CharField(max_length=40, blank=True, default="")
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    prompt_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    completion_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    total_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    cached_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    reasoning_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    prompt_audio_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    completion_audio_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    accepted_prediction_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    rejected_prediction_tokens = models.PositiveBigIntegerField(null=True, blank=True)
    usage_details = models.JSONField(
        null=True, blank=True, help_text=gettext_noop("The server's own usage object")
    )
    source = models.CharField(max_length=10, choices=Source.choices, blank=True, default="")
    ttft_ms = models.PositiveIntegerField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(max_digits=16, decimal_places=8, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    price = models.JSONField(
        null=True,
        blank=True,
        help_text=gettext_noop("Per million tokens, as it was then, and where it came from"),
    )

    # Of the prompt, by our estimate, while a budget waits for what the server will say.
    reserved_tokens = models.PositiveIntegerField(default=0, editable=False)
    # Whether the rollups have it (conversations/usage/folding.py).
    rolled_up = models.BooleanField(default=False, editable=False)

    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    # Who works on it. `fence` grows with each claim: a runner that was given up writes nothing any more.
    owner = models.CharField(max_length=80, blank=True, default="")
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    first_seq = models.PositiveIntegerField(default=1)
    last_seq = models.PositiveIntegerField(default=0)
    stop_requested_at = models.DateTimeField(null=True, blank=True)
    # From then to the closed connection.
    stopped_in_ms = models.PositiveIntegerField(null=True, blank=True)

    if TYPE_CHECKING:
        conversation_id: uuid.UUID | None
        message_id: uuid.UUID | None
        provider_id: int | None
        user_id: int | None

    objects: ClassVar[GenerationQuerySet] = GenerationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["conversation", "client_id"], name="one_generation_per_client_id"
            ),
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(status__in=["queued", "streaming"], purpose__in=["answer", "continue", "retry"]),
                name="one_running_generation",
            ),
            models.CheckConstraint(
                condition=~Q(status="streaming") | Q(lease_until__isnull=False), name="streaming_has_a_lease"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["status", "created_at"],
                condition=Q(status__in=["queued", "streaming"]),
                name="generations_at_work",
            ),
            models.Index(fields=["-created_at", "-id"], name="ledger_by_time"),
            models.Index(fields=["created_at"], condition=Q(rolled_up=False), name="ledger_not_rolled_up"),
            models.Index(fields=["user", "-created_at"], name="ledger_by_user"),
            models.Index(fields=["provider", "model_requested", "-created_at"], name="ledger_by_model"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"

    @classmethod
    def lease_end(cls, seconds: float) -> Combinable:
        """`seconds` from now by the database's clock: machines need not agree on theirs."""
        return Now() + timedelta(seconds=seconds)

    def claimed_by(self, owner: str, fence: int) -> "GenerationQuerySet":
        """This row, as long as that claim holds."""
        return Generation.objects.filter(pk=self.pk, owner=owner, fence=fence, status=Status.STREAMING)
