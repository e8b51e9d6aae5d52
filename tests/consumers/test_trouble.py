"""Upstreams in trouble, as a page hears of it: waiting is shown, the end is said, the ledger counts."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from conversations import lifecycle
from conversations.models import Generation, OfferedModel, Provider
from conversations.models.encryption import _fernet
from conversations.upstream import reply, retry
from tests.consumers.test_answer import conversation_of
from tests.scripted_connection import accepting_nothing
from tests.scripted_upstream import ScriptedUpstream, Step, comment, finish, raw, text
from tests.sockets import Frame, Page, in_thread
from tests.upstream.lateness import SILENT, only_when_silent


async def asking(user: User) -> Page:
    page = await Page.open(user, (await conversation_of(user)).id)
    await page.until("hello")
    await page.ask("Does it?")
    return page


async def ended(user: User) -> Frame:
    page = await asking(user)
    done = await page.until("message.done")
    await page.leave()
    return done


async def test_a_server_that_is_asked_again_is_shown_and_counted(
    house: lifecycle.House,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = asyncio.Event()

    async def until_told(seconds: float) -> None:
        await told.wait()

    monkeypatch.setattr(reply, "asyncio", SimpleNamespace(**vars(asyncio) | {"sleep": until_told}))
    upstream.refuse(503, {"error": {"message": "Overloaded"}})
    upstream.script(steps=[text("At last."), finish()])
    page = await asking(alice)
    sign = await page.until("message.waiting", phase="retrying")
    told.set()
    assert sign["seconds"] > 0
    assert "could not answer (503). Try again later. It said: Overloaded" in sign["detail"]
    done = await page.until("message.done")
    assert (done["content"], done["status"], done["error"]) == ("At last.", "complete", None)
    assert (await Generation.objects.aget(message=done["message"])).attempts == 2
    await page.leave()


async def test_a_key_that_cannot_be_read_is_said_and_nothing_is_asked(
    house: lifecycle.House,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("conversations.models.encryption._current", lambda: _fernet(("another",)))
    done = await ended(alice)
    assert (done["status"], done["content"]) == ("failed", "")
    assert "cannot be read, because SECRET_KEY was changed" in done["error"]
    assert upstream.requests == []


async def test_a_prompt_that_is_too_long_is_told_how_much_fits(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    await OfferedModel.objects.filter(model_id="alpha").aupdate(listed_context=4096, display_name="Alef")
    upstream.refuse(400, {"error": {"code": "context_length_exceeded", "message": "too many tokens"}})
    done = await ended(alice)
    assert done["status"] == "failed"
    assert done["error"].endswith("The context of Alef holds 4,096 tokens of prompt and answer together.")
    await OfferedModel.objects.filter(model_id="alpha").aupdate(listed_context=None)
    assert (await ended(alice))["error"].endswith("It said: too many tokens")


@pytest.fixture
async def hurried(
    request: pytest.FixtureRequest, settings: Settings, transactional_db: None
) -> AsyncIterator[lifecycle.House]:
    """A house with one short deadline."""
    limits = {f"{request.param}_timeout": 0.2}
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, **limits)
    yield lifecycle.started()
    await lifecycle.drain()


COMMENTS = [comment()] * 50


@pytest.mark.parametrize(
    ("hurried", "steps", "said"),
    [
        ("first_token", [*COMMENTS, SILENT], "no answer began within 0.2 s"),
        ("idle", [text("Half"), *COMMENTS, SILENT], "fell silent in the middle of the answer for 0.2 s"),
        ("total", [text("Half"), SILENT], "longer than the 0.2 s that one answer may take"),
    ],
    indirect=["hurried"],
)
async def test_a_deadline_that_is_over_interrupts_and_says_so(
    hurried: lifecycle.House,
    steps: list[Step],
    said: str,
    alice: User,
    provider: Provider,
    upstream: ScriptedUpstream,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    only_when_silent(monkeypatch, upstream)
    upstream.script(steps=steps)
    done = await ended(alice)
    assert done["status"] == "interrupted"
    assert said in done["error"]
    assert (await in_thread(upstream.requests[0].ended)).closed_early
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("hurried", ["connect"], indirect=True)
async def test_a_server_that_takes_no_connection_is_given_up_after_three(
    hurried: lifecycle.House, alice: User, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "_BACKOFF", (0.01, 0.01))
    with accepting_nothing() as base_url:
        await Provider.objects.aupdate(base_url=base_url)
        done = await ended(alice)
    assert done["status"] == "failed"
    assert "could not be reached in time" in done["error"]
    assert (await Generation.objects.aget(message=done["message"])).attempts == 3


async def test_what_a_provider_says_is_cut_and_without_markup_and_key(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    page = b"<html><title>502 <b>Bad</b> Gateway sk-scripted</title><body>%s</body></html>" % (b"x " * 9000)
    upstream.script(steps=[raw(page)], status=400, headers={"Content-Type": "text/html"})
    done = await ended(alice)
    assert done["error"].endswith("refused the request (400). It said: 502 Bad Gateway ***")
    assert "<" not in done["error"]
