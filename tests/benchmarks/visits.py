"""A signed-in browser without the wire: the server's time for a page.

It is the time from when a whole request has arrived to the last byte of its answer, in the application that
`serve` hands to Daphne: middleware, session, the thread for pages, queries, templates, encoding. Not in it
are Daphne's own parsing and Django's test client, which notes each template and copies its whole context.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from conversations.serving.files import StaticFiles
from conversations.serving.pages import Pages

# What Chromium sends with every page, as far as anybody here reads it.
_HEADERS = [
    (b"host", b"127.0.0.1"),
    (b"accept", b"text/html,application/xhtml+xml"),
    (b"accept-language", b"en-US,en;q=0.9"),
    (b"accept-encoding", b"gzip, deflate, br"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"),
]


class Visitor:
    """Keeps its session, its CSRF cookie and the loop that answers."""

    def __init__(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
        cookies[settings.CSRF_COOKIE_NAME] = "c" * 32
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._headers = [*_HEADERS, (b"cookie", cookie.encode())]
        self._application = StaticFiles(Pages())
        self._runner = asyncio.Runner()

    def get(self, address: str) -> str:
        """The page; anything but a page is an error."""
        status, body = self._runner.run(self._visit(address))
        if status != 200:
            raise RuntimeError(f"{address} answered {status}")
        return body.decode()

    async def _visit(self, address: str) -> tuple[int, bytes]:
        split = urlsplit(address)
        scope: dict[str, Any] = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": split.path,
            "raw_path": split.path.encode(),
            "query_string": split.query.encode(),
            "root_path": "",
            "headers": self._headers,
            "client": ["127.0.0.1", 50_000],
            "server": ["127.0.0.1", 8000],
        }
        arrived: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        arrived.put_nowait({"type": "http.request", "body": b"", "more_body": False})
        parts: list[Mapping[str, Any]] = []

        async def send(part: Mapping[str, Any]) -> None:
            parts.append(part)

        await self._application(scope, arrived.get, send)
        return parts[0]["status"], b"".join(part.get("body", b"") for part in parts)
