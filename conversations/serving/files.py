"""Static files, answered before Django: its layers cost a visit to a thread for each of a page's files."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from django.conf import settings
from whitenoise.base import WhiteNoise

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

# What Django's manifest puts into a name: such a file never changes.
HASHED = r"\.[0-9a-f]{12}\.[^/]+$"
# By which Whitenoise chooses an encoding, a part or "not modified".
ASKED = {
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"range": "HTTP_RANGE",
}


class StaticFiles:
    """An ASGI application: whatever is collected under STATIC_URL, and `pages` for everything else."""

    def __init__(self, pages: Application) -> None:
        self._pages = pages
        self._collected = WhiteNoise(
            None, allow_all_origins=False, immutable_file_test=HASHED, add_headers_function=_add_headers
        )
        if Path(settings.STATIC_ROOT).is_dir():
            self._collected.add_files(str(settings.STATIC_ROOT), settings.STATIC_URL)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        file = self._collected.files.get(scope["path"])
        if file is None:
            await self._pages(scope, receive, send)
            return
        asked = {
            ASKED[name.lower()]: value.decode("latin-1")
            for name, value in scope["headers"]
            if name.lower() in ASKED
        }
        response = file.get_response(scope["method"], asked)
        headers = [(name.lower().encode(), value.encode()) for name, value in response.headers]
        await send({"type": "http.response.start", "status": int(response.status), "headers": headers})
        # Read here: they are small, and nearly always in memory.
        body = b""
        if response.file is not None:
            with response.file:
                body = response.file.read()
        await send({"type": "http.response.body", "body": body})


def _add_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
