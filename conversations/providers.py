"""The provider that the environment describes, kept in step with it."""

from django.conf import settings
from django.db import transaction

from conversations.models import OfferedModel, Provider

OPENAI = "https://api.openai.com/v1"
ENVIRONMENT_NAME = "Environment"


def sync_environment_provider() -> Provider | None:
    """Makes, updates or disables the row for OPENAI_BASE_URL and OPENAI_API_KEY; None where neither is set.

    The key itself is never written: it is read from the environment whenever it is needed.
    """
    environment = settings.ENVIRONMENT
    rows = Provider.objects.filter(kind=Provider.Kind.ENVIRONMENT)
    if not environment.openai_base_url and not environment.openai_api_key:
        rows.update(enabled=False, is_default=False)
        return None
    base_url = (environment.openai_base_url or OPENAI).rstrip("/")
    with transaction.atomic():
        provider, made = Provider.objects.get_or_create(
            kind=Provider.Kind.ENVIRONMENT, defaults={"name": _free_name(), "base_url": base_url}
        )
        if provider.base_url != base_url:
            provider.base_url = base_url
            OfferedModel.objects.follow(provider.pk, [])
            provider.stream_options = provider.developer_role = True
            provider.max_completion_tokens = False
        provider.default_model = environment.default_model
        if made or not provider.enabled:
            provider.enabled = True
        if not Provider.objects.usable().exclude(kind=Provider.Kind.LOCAL).filter(is_default=True).exists():
            provider.is_default = False
            provider.save()
            provider.make_default()
        else:
            provider.save()
    return provider


def _free_name() -> str:
    """The row's name, which an administrator may have taken for one of their own."""
    taken = Provider.objects.filter(name=ENVIRONMENT_NAME).exists()
    return "OPENAI_BASE_URL" if taken else ENVIRONMENT_NAME
