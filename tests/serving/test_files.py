"""Static files: compressed, kept for ever under hashed names, and nothing but them."""

from typing import Any

import brotli
import pytest
from django.templatetags.static import static

from conversations.serving.files import StaticFiles


async def pages(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"a page"})


async def ask(path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await StaticFiles(pages)({"path": path, "method": method, "headers": given}, receive, send)
    start, body = sent
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body["body"]


async def test_a_hashed_file_is_compressed_and_kept_for_ever() -> None:
    path = static("js/app.js")
    status, headers, body = await ask(path, accept_encoding="gzip, br")
    assert (status, headers["content-encoding"]) == (200, "br")
    assert "immutable" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"
    assert (await ask(path))[2] == brotli.decompress(body)
    assert (await ask(path, if_none_match=headers["etag"]))[::2] == (304, b"")
    assert (await ask(path, method="HEAD"))[::2] == (200, b"")
    assert (await ask(path, method="POST"))[0] == 405
    assert (await ask(path, range="bytes=0-3"))[::2] == (206, (await ask(path))[2][:4])


@pytest.mark.parametrize("path", ["/static/", "/static/../db.sqlite3", "/static/js/app.js", "/", "/static"])
async def test_everything_else_is_a_page(path: str) -> None:
    assert await ask(path) == (299, {}, b"a page")
