"""The first account: made once, through a link that the console printed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class SetupToken(models.Model):
    """The digest of the token in the set-up link."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"set-up token of {self.created_at:%Y-%m-%d %H:%M}"


class Owner(models.Model):
    """Says who made the installation. The constraints leave room for one row: of many visitors one wins."""

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(singleton=True), name="owner_is_singleton"),
        ]

    def __str__(self) -> str:
        return f"owner {self.user_id}"
