"""What people may use: budgets of tokens and money, models that only some may use, limits of a group."""

from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_noop

_PATTERN = gettext_noop("A model's id, or a pattern such as gpt-4o*; * is every model")


class BudgetQuerySet(models.QuerySet["Budget"]):
    def of(self, user: User) -> "BudgetQuerySet":
        """The enabled ones that count this person."""
        everyone = Q(user=None, group=None)
        groups = user.groups.values("pk")
        return self.filter(Q(user=user) | Q(group__in=groups) | everyone, enabled=True).order_by("pk")


class Budget(models.Model):
    class Period(models.TextChoices):
        DAY = "day", gettext_noop("A day")
        MONTH = "month", gettext_noop("A month")

    class Unit(models.TextChoices):
        TOKENS = "tokens", gettext_noop("Tokens")
        MONEY = "money", gettext_noop("Money")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="budgets",
        verbose_name=gettext_noop("person"),
    )  # fmt: skip
    group = models.ForeignKey(
        "auth.Group", models.CASCADE, null=True, blank=True, related_name="budgets",
        help_text=gettext_noop("Neither a person nor a group: everyone"),
    )  # fmt: skip
    each = models.BooleanField(
        gettext_noop("for each person by themselves"), default=True,
        help_text=gettext_noop("Off: all of the group, or everyone, use it up together"),
    )  # fmt: skip
    model = models.CharField(max_length=200, default="*", help_text=_PATTERN)
    period = models.CharField(gettext_noop("in"), max_length=5, choices=Period.choices, default=Period.MONTH)
    unit = models.CharField(max_length=6, choices=Unit.choices, default=Unit.TOKENS)
    amount = models.DecimalField(
        max_digits=16, decimal_places=4, validators=[MinValueValidator(Decimal("0.0001"))]
    )
    currency = models.CharField(max_length=3, default="USD", help_text=gettext_noop("For money"))
    hard = models.BooleanField(
        default=True,
        help_text=gettext_noop("Refuses and stops answers when it is used up. Off: only says so"),
    )
    enabled = models.BooleanField(default=True)

    if TYPE_CHECKING:
        user_id: int | None
        group_id: int | None

    objects: ClassVar[BudgetQuerySet] = BudgetQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        whose = str(self.user or self.group or "everyone")
        return f"{self.said_amount} a {self.period} for {whose}"

    def clean(self) -> None:
        if self.user_id and self.group_id:
            raise ValidationError(gettext("Please choose a person or a group, not both."))

    def matches(self, model: str) -> bool:
        return fnmatchcase(model, self.model)

    @property
    def is_shared(self) -> bool:
        return self.user_id is None and not self.each

    @property
    def said_amount(self) -> str:
        if self.unit == self.Unit.TOKENS:
            return gettext("%(number)s tokens") % {
                "number": number_format(Decimal(f"{self.amount:.0f}"), 0, force_grouping=True)
            }
        money = number_format(Decimal(f"{self.amount:.2f}"), 2, force_grouping=True)
        return f"{money} {self.currency}"

    def first_day(self) -> date:
        """Of the running period, in the installation's time zone."""
        today = timezone.localdate(timezone=timezone.get_default_timezone())
        return today if self.period == self.Period.DAY else today.replace(day=1)


class ModelAccess(models.Model):
    """Models that only the members of some groups may use; what no row names is for everybody."""

    model = models.CharField(max_length=200, unique=True, help_text=_PATTERN)
    groups = models.ManyToManyField(
        Group, blank=True, help_text=gettext_noop("Nobody but these; administrators always")
    )

    class Meta:
        verbose_name = gettext_noop("model access")
        verbose_name_plural = gettext_noop("model access")

    def __str__(self) -> str:
        return self.model


class GroupLimit(models.Model):
    """Limits of a group's members in the place of RATE_LIMIT_MESSAGES and MAX_RUNNING_PER_USER."""

    group = models.OneToOneField(Group, models.CASCADE, related_name="limit")
    messages_per_minute = models.PositiveIntegerField(
        null=True, blank=True, help_text=gettext_noop("0: no limit")
    )
    running_at_once = models.PositiveIntegerField(
        null=True, blank=True, help_text=gettext_noop("0: no limit")
    )

    def __str__(self) -> str:
        return f"limits of {self.group}"
