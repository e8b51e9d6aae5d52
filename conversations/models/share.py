"""A link under which others read what a conversation said when it was shared, and nothing that came later."""

import secrets
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone


def new_token() -> str:
    return secrets.token_urlsafe(32)


class ShareQuerySet(models.QuerySet["Share"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> "ShareQuerySet":
        return self.filter(owner_id=user.pk)

    def readable(self) -> "ShareQuerySet":
        """Not run out, and of a conversation and a person that are still there."""
        lasting = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(lasting, conversation__trashed_at=None, owner__is_active=True)


class Share(models.Model):
    token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares")
    # What is deleted for good is not to be read anywhere any more.
    conversation = models.ForeignKey("Conversation", models.CASCADE, related_name="shares")
    title = models.CharField(max_length=200, blank=True, default="")
    system_prompt = models.TextField(blank=True, default="")
    # The branch as it was: objects with role, content and reasoning.
    turns: "models.JSONField[list[dict[str, Any]]]" = models.JSONField(default=list)
    needs_sign_in = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    if TYPE_CHECKING:
        owner_id: int

    objects: ClassVar[ShareQuerySet] = ShareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes: ClassVar = [models.Index(fields=["owner", "-created_at"], name="shares_of_owner")]

    def __str__(self) -> str:
        return f"share {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("shared", args=[self.token])

    @property
    def has_run_out(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()
