"""A tag: a word of its owner's own, on as many conversations as it fits."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models.functions import Lower

MAX_LENGTH = 50


class TagQuerySet(models.QuerySet["Tag"]):
    def of(self, user: AbstractBaseUser | AnonymousUser) -> "TagQuerySet":
        return self.filter(owner_id=user.pk)

    def named(self, name: str) -> "TagQuerySet":
        """Upper and lower case are one name."""
        return self.filter(name__iexact=name)

    def on(self, conversations: Collection[UUID]) -> dict[UUID, list[str]]:
        """Conversation → the names of its tags."""
        found: dict[UUID, list[str]] = {}
        tagged = self.filter(conversations__in=conversations).order_by("name")
        for conversation, name in tagged.values_list("conversations", "name"):
            found.setdefault(conversation, []).append(name)
        return found


class Tag(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tags")
    name = models.CharField(max_length=MAX_LENGTH)

    if TYPE_CHECKING:
        owner_id: int
        conversations: Any  # Django's manager of the other side

    objects: ClassVar[TagQuerySet] = TagQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("owner", Lower("name"), name="one_tag_per_name"),
        ]

    def __str__(self) -> str:
        return self.name
