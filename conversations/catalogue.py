"""Which models the connected servers offer: asked at the start and from time to time, kept in their rows."""

import asyncio
import logging
from collections.abc import Sequence

from django.db import DatabaseError
from django.utils import timezone

from conversations.models import OfferedModel, Provider
from conversations.threads import in_background
from conversations.upstream import UpstreamError
from conversations.upstream.later import Client
from conversations.upstream.listing import Listed

logger = logging.getLogger(__name__)

# Seconds between two looks; models come and go by the day.
EVERY = 600.0
# Servers that are asked at once; each gets the client's patience for a list (30 s).
AT_ONCE = 8


class Watch:
    """Keeps the lists fresh as long as `run` runs; and looks at one server at once when told to."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._looks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        try:
            while True:
                await refresh(self._client)
                await asyncio.sleep(EVERY)
        finally:
            for look in self._looks:
                look.cancel()

    def look_at(self, provider_id: int) -> None:
        """Asks this server now, in the background; callable from any thread."""
        self._loop.call_soon_threadsafe(self._start, provider_id)

    def _start(self, provider_id: int) -> None:
        look = asyncio.create_task(refresh(self._client, [provider_id]))
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)


async def refresh(client: Client, provider_ids: Sequence[int] | None = None) -> None:
    """Asks every usable server once (or these), each on its own: none waits for one that does not answer."""
    try:
        providers = await in_background(_elsewhere, provider_ids)
    except DatabaseError as error:
        logger.warning("The servers' lists of models were not renewed: %s", type(error).__name__)
        return
    slots = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(_renew(client, provider, slots) for provider in providers))


async def _renew(client: Client, provider: Provider, slots: asyncio.Semaphore) -> None:
    try:
        async with slots:
            listed = await client.models(provider.endpoint)
        await in_background(save_models, provider, listed)
    except UpstreamError as error:
        logger.info("%s does not list its models (%s)", provider.name, error.kind)
        await _note(provider.pk, error.message)
    except DatabaseError as error:
        logger.warning("A list of models could not be saved: %s", type(error).__name__)


async def _note(provider_id: int, sentence: str) -> None:
    try:
        await in_background(save_trouble, provider_id, sentence)
    except DatabaseError as error:
        logger.warning("A list's trouble could not be saved: %s", type(error).__name__)


def _elsewhere(provider_ids: Sequence[int] | None) -> list[Provider]:
    """The model on this machine is known without asking, and may still be starting."""
    wanted = Provider.objects.usable().exclude(kind=Provider.Kind.LOCAL)
    return list(wanted if provider_ids is None else wanted.filter(pk__in=provider_ids))


def save_models(provider: Provider, listed: Sequence[Listed]) -> None:
    """Keeps what a server lists; see OfferedModelQuerySet.follow."""
    row = Provider.objects.filter(pk=provider.pk, base_url=provider.base_url)
    if not row.exists():
        return  # deleted or led elsewhere while it was asked
    OfferedModel.objects.follow(provider.pk, listed)
    row.update(models_checked_at=timezone.now(), models_error="", models_error_at=None)


def save_trouble(provider_id: int, sentence: str) -> None:
    """The list stays as it was; beside it stands why it is old."""
    trouble = {"models_error": sentence[:500], "models_error_at": timezone.now()}
    Provider.objects.filter(pk=provider_id).update(**trouble)
