"""The model on this machine as a provider: when it is wanted, and the row that leads to it."""

from django.conf import settings
from django.db import connection, transaction

from conversations.localmodel.weights import MODEL_ID
from conversations.models import OfferedModel, Provider
from conversations.upstream.listing import Listed

NAME = "Demo model on this machine"


def is_wanted() -> bool:
    """True while nobody said where a better model is: neither the environment nor an enabled provider."""
    environment = settings.ENVIRONMENT
    if environment.openai_base_url or environment.openai_api_key:
        return False
    return not Provider.objects.filter(enabled=True).exclude(kind=Provider.Kind.LOCAL).exists()


@transaction.atomic
def use_local_model(base_url: str, api_key: str) -> Provider:
    """Leads new messages to the model at `base_url`."""
    elsewhere = Provider.objects.exclude(kind=Provider.Kind.LOCAL).filter(is_default=True)
    elsewhere.filter(enabled=False).update(is_default=False)
    provider, _ = Provider.objects.update_or_create(
        kind=Provider.Kind.LOCAL,
        defaults={
            "name": NAME,
            "base_url": base_url,
            "api_key": api_key,
            "enabled": True,
            "is_default": not elsewhere.exists(),
            "default_model": MODEL_ID,
        },
    )
    OfferedModel.objects.follow(provider.pk, [Listed(MODEL_ID)])
    return provider


def leave_local_model() -> None:
    """Takes the model out of the choice: its process is not started this time."""
    local = Provider.objects.filter(kind=Provider.Kind.LOCAL)
    local.filter(enabled=True).update(enabled=False, is_default=False)


def move(base_url: str) -> None:
    """Follows the model to another port. Called in a thread of its own, so its connection ends here."""
    try:
        Provider.objects.filter(kind=Provider.Kind.LOCAL).update(base_url=base_url)
    finally:
        connection.close()
