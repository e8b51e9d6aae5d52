"""How somebody wants the page to behave, wherever they sign in."""

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from conversations.models.prepared import PreparedObjects


class Chosen(NamedTuple):
    """All that a page depends on; equal where pages are the same."""

    enter: str
    shortcuts: bool
    spoken: str
    Enter: type[models.TextChoices]
    Spoken: type[models.TextChoices]


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def for_user(self, user: User) -> "Preference":
        """Theirs; the defaults, not saved, as long as they have chosen nothing."""
        return _OF_USER.first(user.pk) or Preference(user=user)


class Preference(models.Model):
    class Enter(models.TextChoices):
        SENDS = "sends", _("Enter sends, Shift+Enter breaks the line")
        BREAKS = "breaks", _("Enter breaks the line, Ctrl+Enter (⌘+Enter) sends")

    class Spoken(models.TextChoices):
        SENTENCES = "sentences", _("Sentence by sentence, while it is being written")
        END = "end", _("As a whole, when it has ended")
        OFF = "off", _("Not at all")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="preference")
    enter = models.CharField(max_length=10, choices=Enter, default=Enter.SENDS)
    shortcuts = models.BooleanField(default=True)
    # How a screen reader tells of a running answer.
    spoken = models.CharField(max_length=10, choices=Spoken, default=Spoken.SENTENCES)

    if TYPE_CHECKING:
        user_id: int

    objects: ClassVar[PreferenceQuerySet] = PreferenceQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"preferences of {self.user_id}"

    @property
    def chosen(self) -> Chosen:
        return Chosen(str(self.enter), self.shortcuts, str(self.spoken), self.Enter, self.Spoken)


_OF_USER = PreparedObjects(Preference, lambda user: Preference.objects.filter(user=user), int)
