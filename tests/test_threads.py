"""Work in threads: with the request's context, and carried out though nobody waits for it any more."""

import asyncio
import contextvars
import threading

import pytest

from conversations.threads import in_page_thread

# The threads keep connections that earlier tests have opened.
pytestmark = pytest.mark.django_db(transaction=True)

LANGUAGE = contextvars.ContextVar("LANGUAGE", default="")


async def test_a_page_knows_its_context_and_leaves_none_behind() -> None:
    LANGUAGE.set("de")

    def page() -> str:
        found = LANGUAGE.get()
        LANGUAGE.set("fr")
        return found

    assert await in_page_thread(page) == "de"
    assert LANGUAGE.get() == "de"


async def test_a_page_is_carried_out_though_its_browser_has_gone() -> None:
    begun, may_go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def page() -> None:
        begun.set()
        assert may_go_on.wait(60)
        ended.set()

    task = asyncio.create_task(in_page_thread(page))
    assert await asyncio.to_thread(begun.wait, 60)
    task.cancel()
    await asyncio.sleep(0)
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
