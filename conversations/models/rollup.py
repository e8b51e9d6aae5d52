"""The ledger added up by day and by month, so that pages over millions of requests stay quick.

What is in here follows from the ledger alone: conversations/usage/folding.py adds each ended request once,
and `manage.py rebuildusage` makes all of it anew.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class UsageRollup(models.Model):
    """Sums of the requests of one day or month that share what their row says.

    `axis` names the one question that the row answers ("model": any person, any outcome, …) and leaves the
    other columns empty; "" keeps all of them. Days are those of settings.TIME_ZONE.
    """

    class Level(models.IntegerChoices):
        DAY = 1
        MONTH = 2

    key = models.CharField(primary_key=True, max_length=32)
    level = models.PositiveSmallIntegerField(choices=Level.choices)
    axis = models.CharField(max_length=10, blank=True, default="")
    day = models.DateField()
    user_name = models.CharField(max_length=150, blank=True, default="")
    provider_name = models.CharField(max_length=80, blank=True, default="")
    model = models.CharField(max_length=200, blank=True, default="")
    purpose = models.CharField(max_length=10, blank=True, default="")
    status = models.CharField(max_length=12, blank=True, default="")
    reason = models.CharField(max_length=40, blank=True, default="")
    currency = models.CharField(max_length=3, blank=True, default="")

    requests = models.BigIntegerField(default=0)
    estimated = models.BigIntegerField(default=0)
    priced = models.BigIntegerField(default=0)
    prompt = models.BigIntegerField(default=0)
    completion = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    cached = models.BigIntegerField(default=0)
    reasoning = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0, help_text="In the ledger's smallest step, 0.00000001")
    # How often each size occurs (conversations/usage/spread.py).
    ttft = models.BinaryField(default=bytes)
    duration = models.BinaryField(default=bytes)
    speed = models.BinaryField(default=bytes)
    hours = models.BinaryField(default=bytes)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["axis", "level", "day"], name="rollups_by_day"),
            models.Index(
                fields=["user_name", "level", "day"], condition=Q(axis=""), name="rollups_of_person"
            ),
            models.Index(fields=["model", "level", "day"], condition=Q(axis=""), name="rollups_of_model"),
        ]

    def __str__(self) -> str:
        return f"{self.axis or 'all'} {self.day}"


class RollupZone(models.Model):
    """The time zone whose days the rollups have, and how often they have changed; one row."""

    name = models.CharField(max_length=64)
    changes = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
