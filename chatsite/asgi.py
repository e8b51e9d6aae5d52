"""The ASGI application: files, pages by Django, sockets by Channels, start and end by the lifespan."""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import django
from channels.routing import ProtocolTypeRouter, URLRouter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
# Django first: what follows imports models.
django.setup(set_prefix=False)

from conversations import lifecycle  # noqa: E402
from conversations.routing import websocket_urlpatterns  # noqa: E402
from conversations.serving.files import StaticFiles  # noqa: E402
from conversations.serving.lifespan import lifespan  # noqa: E402
from conversations.serving.pages import Pages  # noqa: E402

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

pages = Pages()


async def http(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Pages; the first request starts the runner where neither `serve` nor a lifespan did."""
    lifecycle.started()
    await pages(scope, receive, send)


application = ProtocolTypeRouter(
    {"http": StaticFiles(http), "websocket": URLRouter(websocket_urlpatterns), "lifespan": lifespan}
)
