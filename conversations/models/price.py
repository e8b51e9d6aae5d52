"""What tokens cost at a provider from a day on, entered by an administrator; price lists come second."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy, gettext_noop

_NOT_NEGATIVE = MinValueValidator(Decimal(0))


def _price(label: str, *, optional: bool = False) -> Any:
    return models.DecimalField(
        f"{label}, per million tokens",
        max_digits=14,
        decimal_places=6,
        null=optional,
        blank=optional,
        validators=[_NOT_NEGATIVE],
    )


class ModelPriceQuerySet(models.QuerySet["ModelPrice"]):
    def in_force(self, provider_id: int | None, model: str, moment: datetime) -> "ModelPrice | None":
        """The row that says what `model` cost at this provider at `moment`; None if no row does.

        A provider's own row before one for all, an exact name before a pattern, a longer pattern before a
        shorter one; of several such the newest.
        """
        known = self.filter(Q(provider=provider_id) | Q(provider=None), valid_from__lte=moment)
        return max((row for row in known if row.matches(model)), key=ModelPrice.rank, default=None)


class ModelPrice(models.Model):
    provider = models.ForeignKey(
        "Provider",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="prices",
        help_text=gettext_noop("Empty: every provider"),
    )
    model = models.CharField(
        max_length=200, help_text=gettext_noop("A model's id, or a pattern such as gpt-4o*")
    )
    input_price = _price("input")
    cached_price = _price("cached input", optional=True)
    output_price = _price("output")
    reasoning_price = _price("reasoning", optional=True)
    currency = models.CharField(
        max_length=3,
        default="USD",
        validators=[
            RegexValidator(r"^[A-Z]{3}$", gettext_lazy("Three capital letters, such as USD or EUR."))
        ],
    )
    valid_from = models.DateTimeField(default=timezone.now)

    if TYPE_CHECKING:
        provider_id: int | None

    objects: ClassVar[ModelPriceQuerySet] = ModelPriceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = gettext_noop("price")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "model", "valid_from"],
                name="one_price_at_a_time",
                violation_error_message=gettext_lazy(
                    "There is a price for this model from this moment on already."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} from {self.valid_from:%Y-%m-%d}"

    def matches(self, model: str) -> bool:
        return fnmatchcase(model, self.model)

    def rank(self) -> tuple[bool, bool, int, datetime]:
        is_exact = not any(mark in self.model for mark in "*?[")
        return self.provider_id is not None, is_exact, len(self.model), self.valid_from

    def per_million(self) -> dict[str, str]:
        """The prices as the ledger keeps them; what has none of its own costs what it is a part of."""
        parts: Iterable[tuple[str, Decimal]] = (
            ("input", self.input_price),
            ("cached", self.input_price if self.cached_price is None else self.cached_price),
            ("output", self.output_price),
            ("reasoning", self.output_price if self.reasoning_price is None else self.reasoning_price),
        )
        return {name: format(price.normalize(), "f") for name, price in parts}
