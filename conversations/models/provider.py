"""The servers that answer: where they are, and with what key they are asked."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from conversations.models.encryption import EncryptedTextField
from conversations.upstream.address import BadAddress, check_address

if TYPE_CHECKING:
    from conversations.models.offered import OfferedModelQuerySet

_DEFAULT_PORTS = {"http": 80, "https": 443}


class ProviderQuerySet(models.QuerySet["Provider"]):
    def usable(self) -> "ProviderQuerySet":
        """Enabled ones, the default first."""
        return self.filter(enabled=True).order_by("-is_default", "name")


class Provider(models.Model):
    """An OpenAI-compatible server. `base_url` ends where `/chat/completions` begins."""

    class Kind(models.TextChoices):
        CONFIGURED = "configured", "Entered by an administrator"
        ENVIRONMENT = "environment", "From OPENAI_BASE_URL and OPENAI_API_KEY"
        LOCAL = "local", "The small model on this machine"

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CONFIGURED)
    # Not a URLField: that one refuses names without a dot, and such are the names in a compose file.
    base_url = models.CharField("base URL", max_length=500)
    api_key = EncryptedTextField(blank=True, default="")
    enabled = models.BooleanField(default=True)
    is_default = models.BooleanField(default=False)
    default_model = models.CharField(max_length=200, blank=True, default="")
    models_checked_at = models.DateTimeField(null=True, blank=True)
    # What this server taught us; see conversations/upstream.
    stream_options = models.BooleanField(default=True, help_text="Off once the server refused stream_options")
    developer_role = models.BooleanField(default=True, help_text="Off once the server refused that role")
    max_completion_tokens = models.BooleanField(
        default=False, help_text="On once the server wanted max_completion_tokens instead of max_tokens"
    )
    created_at = models.DateTimeField(db_default=Now())

    if TYPE_CHECKING:
        offered: "OfferedModelQuerySet"

    _key_was_entered = False

    objects: ClassVar[ProviderQuerySet] = ProviderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_provider"
            ),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="local"), name="one_local_provider"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="environment"), name="one_environment_provider"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Saves, and keeps a key from travelling: with another server comes another key, or none."""
        if self._leads_elsewhere_with_the_old_key(update_fields):
            self.api_key = ""
            update_fields = {*update_fields, "api_key"} if update_fields is not None else None
        super().save(*args, update_fields=update_fields, **kwargs)
        self._key_was_entered = False

    def clean(self) -> None:
        """The rules for an address that somebody enters; see conversations.upstream.address.py."""
        try:
            check_address(self.base_url)
        except BadAddress as error:
            raise ValidationError({"base_url": str(error)}) from error

    def enter_key(self, key: str) -> None:
        """Somebody typed this key for this address, be it the old one again; "" takes the key away."""
        self.api_key, self._key_was_entered = key, True

    def _leads_elsewhere_with_the_old_key(self, update_fields: Iterable[str] | None) -> bool:
        # The local model's address and key come together from the process that we started.
        if not self.pk or not self.api_key or self._key_was_entered or self.kind == self.Kind.LOCAL:
            return False
        if update_fields is not None and "base_url" not in update_fields:
            return False
        stored = Provider.objects.filter(pk=self.pk).first()
        return stored is not None and stored.api_key == self.api_key and stored.origin != self.origin

    @transaction.atomic
    def make_default(self) -> None:
        """New conversations go here, and the provider is enabled."""
        Provider.objects.filter(is_default=True).exclude(pk=self.pk).update(is_default=False)
        Provider.objects.filter(pk=self.pk).update(is_default=True, enabled=True)
        self.is_default = self.enabled = True

    @property
    def origin(self) -> tuple[str, str, int | None]:
        """Scheme, host and port: what a key is bound to."""
        try:
            parts = urlsplit(self.base_url)
            return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme)
        except ValueError:  # brackets or a port that make no sense: no other address is the same
            return "", self.base_url, None

    @property
    def has_key(self) -> bool:
        return bool(self.key)

    @property
    def key(self) -> str:
        """The key to send."""
        return key_to_send(self.kind, self.api_key)

    @property
    def fallback_model(self) -> str:
        """The model of a message that names none; "" while none is known."""
        if self.default_model and not self.offered.filter(model_id=self.default_model, hidden=True).exists():
            return self.default_model
        first = self.offered.visible().order_by("position", "id").values_list("model_id", flat=True).first()
        return first or ""


def key_to_send(kind: str, stored: str) -> str:
    """The environment's own key is never written to the database."""
    return str(settings.ENVIRONMENT.openai_api_key) if kind == Provider.Kind.ENVIRONMENT else stored
