"""What a model's reported counts taught us about our estimates: sums, of which the quotient is the factor."""

from typing import ClassVar

from django.db import models


class TokenFactor(models.Model):
    """Tokens that a provider's model reported, and what we would have estimated for the same texts."""

    provider_id = models.BigIntegerField()
    model = models.CharField(max_length=200)
    prompt_reported = models.FloatField(default=0)
    prompt_estimated = models.FloatField(default=0)
    completion_reported = models.FloatField(default=0)
    completion_estimated = models.FloatField(default=0)
    samples = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider_id", "model"], name="one_factor_per_model"),
        ]

    def __str__(self) -> str:
        return f"{self.model} at {self.provider_id}"
