"""The processes that serve and answer, each with a row that it renews: who is there, and how busy."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone

# Seconds without a sign of life after which a process counts as gone, and after which its row goes.
SILENT = 15.0
FORGOTTEN = 600.0


class ProcessQuerySet(models.QuerySet["Process"]):
    def alive(self) -> "ProcessQuerySet":
        return self.filter(seen_at__gte=timezone.now() - timedelta(seconds=SILENT))

    def forget_old(self) -> None:
        self.filter(seen_at__lt=timezone.now() - timedelta(seconds=FORGOTTEN)).delete()


class Process(models.Model):
    name = models.CharField(primary_key=True, max_length=80)
    host = models.CharField(max_length=80)
    pid = models.PositiveIntegerField()
    serves_pages = models.BooleanField(default=False)
    runner = models.CharField(max_length=80, blank=True, default="")
    streams = models.PositiveIntegerField(default=0)
    sockets = models.PositiveIntegerField(default=0)
    lost_rings = models.PositiveIntegerField(default=0)
    # Of a ring through the channel layer and back; none where it did not come back.
    layer_ms = models.FloatField(null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[ProcessQuerySet] = ProcessQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name

    @property
    def is_silent(self) -> bool:
        return (timezone.now() - self.seen_at).total_seconds() > SILENT
