"""The servers that answer: where they are, and with what key they are asked."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext, gettext_noop

from conversations.models.encryption import EncryptedTextField, Unreadable
from conversations.models.headers import Headers, sent_headers, stored_headers
from conversations.upstream import Endpoint
from conversations.upstream.address import BadAddress, check_address

if TYPE_CHECKING:
    from conversations.models.offered import OfferedModelQuerySet

# What is bound to the server that it was entered for.
SECRETS = ("api_key", "extra_headers")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class ProviderQuerySet(models.QuerySet["Provider"]):
    def usable(self) -> "ProviderQuerySet":
        """Enabled ones, the default first."""
        return self.filter(enabled=True).order_by("-is_default", "name")


class Provider(models.Model):
    """An OpenAI-compatible server. `base_url` ends where `/chat/completions` begins."""

    class Kind(models.TextChoices):
        CONFIGURED = "configured", gettext_noop("Entered by an administrator")
        ENVIRONMENT = "environment", gettext_noop("From OPENAI_BASE_URL and OPENAI_API_KEY")
        LOCAL = "local", gettext_noop("The small model on this machine")

    class Continuation(models.TextChoices):
        """How this server is asked to go on with an answer; see conversations/prompts.py."""

        BY_HOST = "", gettext_noop("By its address")
        PREFILL = "prefill", gettext_noop("The answer stands last (llama.cpp)")
        PREFIX = "prefix", gettext_noop("The answer stands last, marked as prefix (Mistral, DeepSeek beta)")
        FINAL_MESSAGE = "continue_final_message", gettext_noop("continue_final_message (vLLM, SGLang)")
        PROMPT = "prompt", gettext_noop("In words (any server)")

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CONFIGURED)
    # Not a URLField: that one refuses names without a dot, and such are the names in a compose file.
    base_url = models.CharField(
        gettext_noop("base URL"),
        max_length=500,
        help_text=gettext_noop("Where /chat/completions begins, such as https://api.openai.com/v1"),
    )
    api_key = EncryptedTextField(blank=True, default="")
    # JSON, name → value: often a key under another name (Azure's api-key), so kept like one.
    extra_headers = EncryptedTextField(blank=True, default="", editable=False)
    enabled = models.BooleanField(
        default=True, help_text=gettext_noop("Off: its models cannot be chosen, and nobody is asked there")
    )
    is_default = models.BooleanField(gettext_noop("default"), default=False)
    default_model = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text=gettext_noop("Empty: the first model that the server lists"),
    )
    # Of conversations that do not say otherwise; see conversations/parameters.py.
    parameters = models.JSONField(default=dict, blank=True, editable=False)
    models_checked_at = models.DateTimeField(null=True, blank=True)
    # Why the list could not be renewed at the last look; "" when it could.
    models_error = models.CharField(max_length=500, blank=True, default="", editable=False)
    models_error_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What this server taught us; see conversations/upstream.
    stream_options = models.BooleanField(
        gettext_noop("counts tokens while it streams"),
        default=True,
        help_text=gettext_noop(
            "Off once the server refused to (stream_options): its token counts are estimated then"
        ),
    )
    developer_role = models.BooleanField(
        gettext_noop("understands the role developer"),
        default=True,
        help_text=gettext_noop("Off once the server refused it: instructions then go out as the role system"),
    )
    max_completion_tokens = models.BooleanField(
        gettext_noop("wants max_completion_tokens"),
        default=False,
        help_text=gettext_noop("For all of its models; one that asks for this name is remembered by itself"),
    )
    continuation = models.CharField(
        max_length=24,
        choices=Continuation.choices,
        blank=True,
        default=Continuation.BY_HOST,
        help_text=gettext_noop("How it is asked to go on with an answer that broke off"),
    )
    created_at = models.DateTimeField(db_default=Now())

    if TYPE_CHECKING:
        offered: "OfferedModelQuerySet"

    # The secrets that somebody typed for the present address.
    _entered: frozenset[str] = frozenset()

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
        """Saves, and keeps secrets from travelling: with another server come other ones, or none."""
        left_behind = self._left_behind(update_fields)
        for name in left_behind:
            setattr(self, name, "")
        update_fields = {*update_fields, *left_behind} if update_fields is not None else None
        super().save(*args, update_fields=update_fields, **kwargs)
        self._entered = frozenset()

    def clean(self) -> None:
        """The rules for an address that somebody enters; see conversations/upstream/address.py."""
        try:
            check_address(self.base_url)
        except BadAddress as error:
            raise ValidationError({"base_url": gettext(str(error))}) from error

    def enter_key(self, key: str) -> None:
        """Somebody typed this key for this address, be it the old one again; "" takes the key away."""
        self.api_key, self._entered = key, self._entered | {"api_key"}

    def enter_headers(self, headers: Headers) -> None:
        """The same for the extra headers."""
        self.extra_headers, self._entered = stored_headers(headers), self._entered | {"extra_headers"}

    def _left_behind(self, update_fields: Iterable[str] | None) -> list[str]:
        """The secrets that were entered for another server than `base_url` leads to now."""
        kept = [name for name in SECRETS if name not in self._entered and _is_there(getattr(self, name))]
        # The local model's address and key come together from the process that we started.
        if not self.pk or not kept or self.kind == self.Kind.LOCAL:
            return []
        if update_fields is not None and "base_url" not in update_fields:
            return []
        stored = Provider.objects.filter(pk=self.pk).first()
        if stored is None or stored.origin == self.origin:
            return []
        return [name for name in kept if getattr(stored, name) == getattr(self, name)]

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
    def headers(self) -> Headers:
        """The extra headers to send."""
        return sent_headers(self.extra_headers)

    @property
    def endpoint(self) -> Endpoint:
        """Where and how it is asked."""
        return Endpoint(
            base_url=self.base_url,
            api_key=self.key,
            stream_options=self.stream_options,
            developer_role=self.developer_role,
            max_completion_tokens=self.max_completion_tokens,
            headers=self.headers,
            unreadable=self.has_unreadable_secrets,
        )

    @property
    def has_unreadable_secrets(self) -> bool:
        """SECRET_KEY was changed, and its fallbacks do not know the one of then."""
        return any(isinstance(getattr(self, name), Unreadable) for name in SECRETS)

    @property
    def fallback_model(self) -> str:
        """The model of a message that names none; "" while none is known."""
        if self.default_model and not self.offered.filter(model_id=self.default_model, hidden=True).exists():
            return self.default_model
        first = self.offered.visible().order_by("position", "id").values_list("model_id", flat=True).first()
        return first or ""


def _is_there(secret: str) -> bool:
    return bool(secret) or isinstance(secret, Unreadable)


def key_to_send(kind: str, stored: str) -> str:
    """The environment's own key is never written to the database."""
    return str(settings.ENVIRONMENT.openai_api_key) if kind == Provider.Kind.ENVIRONMENT else stored
