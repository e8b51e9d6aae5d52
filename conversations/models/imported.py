"""A file that somebody brings: how far it has been read, what came of it, and meanwhile itself."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop


class ImportQuerySet(models.QuerySet["Import"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> "ImportQuerySet":
        return self.filter(owner_id=user.pk)

    def open(self) -> "ImportQuerySet":
        return self.filter(status__in=Import.OPEN)


class Import(models.Model):
    class Status(models.TextChoices):
        CHECKING = "checking", gettext_noop("Being checked")
        RUNNING = "running", gettext_noop("Being taken in")
        DONE = "done", gettext_noop("Done")
        STOPPED = "stopped", gettext_noop("Stopped")
        FAILED = "failed", gettext_noop("Not readable")

    OPEN = (Status.CHECKING, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=200, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.CHECKING)
    # Conversations in the file, known once it has been checked, and how many of them have been looked at.
    total = models.PositiveIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    grown = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    # Pairs of a title (or number) and a reason; of very many only the first.
    problems = models.JSONField(default=list)
    error = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Which process reads it, and until when it is taken to be alive.
    worker = models.CharField(max_length=80, blank=True, default="")
    lease_until = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        owner_id: int

    objects: ClassVar[ImportQuerySet] = ImportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner", "-created_at"], name="imports_of_owner"),
            models.Index(
                fields=["created_at"], condition=Q(status__in=["checking", "running"]), name="open_imports"
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.id}"

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.id])

    @property
    def is_open(self) -> bool:
        return self.status in Import.OPEN

    @property
    def percent(self) -> int:
        return min(100, 100 * self.seen // self.total) if self.total else 0


class ImportPart(models.Model):
    """A piece of the file, compressed: whichever process goes on with it, on whichever machine, has it."""

    source = models.ForeignKey(Import, models.CASCADE, related_name="parts", db_index=False)
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "number"], name="one_part_per_number"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.source_id}"
