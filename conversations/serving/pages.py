"""Pages by Django, each in one visit to a thread that stays.

Its ASGI handler makes a thread for each request and goes between it and the loop six times, although all our
views and middleware are ordinary functions; the new thread also opens a connection to the database each time.
"""

from typing import IO, Any

from asgiref.sync import ThreadSensitiveContext
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from conversations.serving.handover import FiledBody
from conversations.threads import in_page_thread


class Pages(ASGIHandler):
    def __init__(self) -> None:
        super(ASGIHandler, self).__init__()
        self.load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.handle(scope, receive, send)

    async def read_body(self, receive: Any) -> IO[bytes]:
        first = await receive()
        if isinstance(body := first.get("body"), FiledBody):
            return body.file
        waiting = [first]

        async def again() -> Any:
            return waiting.pop() if waiting else await receive()

        file: IO[bytes] = await super().read_body(again)
        return file

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await in_page_thread(self.get_response, request)

    async def send_response(self, response: HttpResponseBase, send: Any) -> None:
        """As Django's; what is made while it is sent has a thread of its own for all its pieces."""
        if not response.streaming:
            await super().send_response(response, send)
            return
        async with ThreadSensitiveContext():
            await super().send_response(response, send)
