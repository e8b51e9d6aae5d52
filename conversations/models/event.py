"""The log of a running answer: what arrived, numbered; folded into the message when the answer ends."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class GenerationEvent(models.Model):
    """The text of the events `seq_from`…`seq_to` of one generation."""

    generation = models.ForeignKey("Generation", models.CASCADE, related_name="events")
    seq_from = models.PositiveIntegerField()
    seq_to = models.PositiveIntegerField()
    content = models.TextField(blank=True, default="")
    reasoning = models.TextField(blank=True, default="")
    refusal = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["generation", "seq_from"], name="one_event_per_seq"),
            models.CheckConstraint(condition=Q(seq_to__gte=F("seq_from")), name="events_count_upwards"),
        ]

    def __str__(self) -> str:
        return f"{self.generation_id} {self.seq_from}…{self.seq_to}"
