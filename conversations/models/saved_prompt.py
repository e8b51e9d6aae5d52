"""A text that somebody keeps, to ask with it again."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

MAX_NAME = 80


class SavedPromptQuerySet(models.QuerySet["SavedPrompt"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> "SavedPromptQuerySet":
        return self.filter(owner_id=user.pk)

    def by_name(self) -> "SavedPromptQuerySet":
        return self.order_by(Lower("name"), "id")


class SavedPrompt(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_prompts")
    name = models.CharField(max_length=MAX_NAME)
    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    if TYPE_CHECKING:
        owner_id: int

    objects: ClassVar[SavedPromptQuerySet] = SavedPromptQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.name
