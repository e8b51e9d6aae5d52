"""Who did what that others must be able to trust: written once, never changed, never deleted."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_noop


class AuditEntry(models.Model):
    class Kind(models.TextChoices):
        SIGN_IN = "sign-in", gettext_noop("Signed in")
        SIGN_OUT = "sign-out", gettext_noop("Signed out")
        FAILURE = "failure", gettext_noop("Failed sign-in")
        EXPORT = "export", gettext_noop("Export")
        ROLE = "role", gettext_noop("Role changed")
        CHANGE = "change", gettext_noop("Changed in the administration")
        READING = "reading", gettext_noop("Read a person's conversation")
        STOP = "stop", gettext_noop("Stopped a person's answer")

    created_at = models.DateTimeField(gettext_noop("when"), default=timezone.now, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(gettext_noop("who"), max_length=150, blank=True, default="")
    about = models.CharField(max_length=200, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True, default="")
    address = models.GenericIPAddressField(gettext_noop("from"), null=True, blank=True)

    class Meta:
        verbose_name = gettext_noop("audit entry")
        verbose_name_plural = gettext_noop("audit log")
        indexes: ClassVar = [
            models.Index(fields=["-created_at", "-id"], name="audit_by_time"),
            models.Index(fields=["kind", "-created_at"], name="audit_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d %H:%M}"


class ReadingQuerySet(models.QuerySet["Reading"]):
    def open_to(self, reader: User) -> "ReadingQuerySet":
        return self.filter(reader=reader, until__gt=timezone.now())

    def newest_first(self) -> "ReadingQuerySet":
        return self.order_by("-created_at", "-pk")


class Reading(models.Model):
    """An administrator's leave to read one conversation for a while, for a reason that its owner sees."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(
        "Conversation", models.SET_NULL, null=True, blank=True, related_name="readings"
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="readings")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reader_name = models.CharField(max_length=150)
    reason = models.CharField(max_length=500)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    until = models.DateTimeField()

    if TYPE_CHECKING:
        conversation_id: uuid.UUID | None

    objects: ClassVar[ReadingQuerySet] = ReadingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        permissions: ClassVar = [("read_conversations", "Can read people's conversations, for a reason")]

    def __str__(self) -> str:
        return f"reading of {self.created_at:%Y-%m-%d %H:%M}"
