"""System checks of what only shows itself later otherwise."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

# Checked at each start; a check of what the environment says belongs to it.
TAG = "environment"


@register(TAG)
def separate_runner_needs_a_shared_layer(**_: Any) -> list[CheckMessage]:
    """A runner in another process can ring this one's pages only through Redis."""
    environment = settings.ENVIRONMENT
    if environment.generation_runner != "external" or environment.redis_url:
        return []
    return [
        Warning(
            "GENERATION_RUNNER is external but REDIS_URL is not set.",
            hint="Answers arrive about a second late: pages then see only what was saved.",
            id="conversations.W001",
        )
    ]
