"""Which models the connected servers offer: asked at the start and from time to time, kept in their rows."""

import asyncio
import logging

from django.db import DatabaseError
from django.utils import timezone

from conversations.models import OfferedModel, Provider
from conversations.threads import in_database
from conversations.upstream import Endpoint, UpstreamError
from conversations.upstream.later import Client
from conversations.upstream.listing import Listed

logger = logging.getLogger(__name__)

# Seconds between two looks; models come and go by the day.
EVERY = 600.0


async def keep_fresh(client: Client) -> None:
    """Refreshes until cancelled."""
    while True:
        try:
            await refresh(client)
        except DatabaseError as error:
            logger.warning("The list of models could not be saved: %s", type(error).__name__)
        await asyncio.sleep(EVERY)


async def refresh(client: Client) -> None:
    """Asks every usable server once. One that does not answer keeps the list that it had."""
    for provider in await in_database(_elsewhere):
        endpoint = Endpoint(base_url=provider.base_url, api_key=provider.key)
        try:
            listed = await client.models(endpoint)
        except UpstreamError as error:
            logger.info("%s does not list its models: %s", provider.name, error.message)
            continue
        await in_database(save_models, provider.pk, listed)


def _elsewhere() -> list[Provider]:
    """The model on this machine is known without asking, and may still be starting."""
    return list(Provider.objects.usable().exclude(kind=Provider.Kind.LOCAL))


def save_models(provider_id: int, listed: list[Listed]) -> None:
    """Keeps what a server lists; see OfferedModelQuerySet.follow."""
    OfferedModel.objects.follow(provider_id, listed)
    Provider.objects.filter(pk=provider_id).update(models_checked_at=timezone.now())
