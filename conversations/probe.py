"""Asking an upstream on trial: what it lists, whether it answers with and without streaming, and if not, why.

Both asks are ordinary requests and stand in the ledger like all others. They carry a lease as a runner's
would: a probe that dies in the middle is ended by whichever runner looks next.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models.functions import Now

from conversations.catalogue import save_models
from conversations.endings import Ending, account, finish, remember_endpoint
from conversations.models import Generation, Provider
from conversations.models.status import Status
from conversations.probe_findings import Findings, Trial
from conversations.upstream import (
    Deadlines,
    Delta,
    Endpoint,
    Interrupted,
    Reply,
    UpstreamError,
)
from conversations.upstream.later import Client, LaterClient

# Somebody waits in front of a page or a terminal.
PATIENCE = Deadlines(connect=10, first_token=60, idle=30, total=120)
# Long enough to see whether it comes piece by piece, short enough to cost next to nothing.
QUESTION = "Count from one to twenty in words, separated by commas. Write nothing else."

User = AbstractBaseUser | AnonymousUser


@dataclass(slots=True)
class Ask:
    """One request on trial."""

    provider: Provider
    endpoint: Endpoint
    model: str
    streamed: bool
    user: User | None = None
    deltas: int = 0
    body: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        messages = [{"role": "user", "content": QUESTION}]
        self.body = {"model": self.model, "messages": messages, "stream": self.streamed}


async def probe(
    provider: Provider,
    *,
    model: str = "",
    user: User | None = None,
    deadlines: Deadlines = PATIENCE,
    say: Callable[[str], None] = lambda line: None,
) -> Findings:
    """Lists the models, then asks one without and with streaming. Never raises for what the upstream does.

    Afterwards the provider's row holds the models that were listed and what else the server taught us.
    `say` hears each step before it is made.
    """
    client = LaterClient(deadlines, proxy=settings.ENVIRONMENT.upstream_proxy)
    try:
        endpoint = provider.endpoint
        findings = Findings(provider=provider.name, base_url=provider.base_url, kind=provider.kind)
        say(f"Asking {endpoint.host} for its models")
        await _list_models(client, endpoint, findings)
        first = next(iter(findings.models), "")
        findings.model = model or provider.default_model or first or await sync_to_async(_fallback)(provider)
        for streamed in (False, True):
            say(f"Asking {findings.model or 'it'} {'with' if streamed else 'without'} streaming")
            ask = Ask(provider, endpoint, findings.model, streamed, user)
            trial, endpoint = await _try(client, ask, deadlines)
            findings.trials.append(trial)
            if trial.is_hopeless:
                break
        await sync_to_async(_remember)(provider, findings, endpoint)
        return findings
    finally:
        await client.aclose()


async def _list_models(client: Client, endpoint: Endpoint, findings: Findings) -> None:
    try:
        findings.listed = await client.models(endpoint)
    except UpstreamError as error:
        findings.models_error = error.message


async def _try(client: Client, ask: Ask, deadlines: Deadlines) -> tuple[Trial, Endpoint]:
    row = await sync_to_async(_enter)(ask, deadlines)
    reply = client.reply(ask.endpoint, ask.body)
    ending = Ending(status=Status.INTERRUPTED)
    try:
        ending = await _read(reply, ask)
        account(ending, ask.body["messages"])
    finally:
        await sync_to_async(finish)(row.pk, owner=row.owner, fence=row.fence, ending=ending)
    return Trial.of(ending, streamed=ask.streamed, deltas=ask.deltas), reply.endpoint


def _enter(ask: Ask, deadlines: Deadlines) -> Generation:
    """The ledger's row, before the request: whatever becomes of us, it was made."""
    known = ask.user if ask.user is not None and ask.user.pk else None
    lease_end: Any = Generation.lease_end(deadlines.total + 10)
    return Generation.objects.create(
        purpose=Generation.Purpose.PROBE,
        user_id=known.pk if known else None,
        user_name=known.get_username() if known else "",
        provider=ask.provider,
        provider_name=ask.provider.name,
        model_requested=ask.model[:200],
        status=Status.STREAMING,
        started_at=Now(),
        owner=f"probe {socket.gethostname()} {os.getpid()}"[:80],
        fence=1,
        lease_until=lease_end,
    )


async def _read(reply: Reply, ask: Ask) -> Ending:
    try:
        async with reply:
            async for item in reply:
                ask.deltas += isinstance(item, Delta)
    except Interrupted as error:
        return Ending.of(reply, Status.INTERRUPTED, error)
    except UpstreamError as error:
        return Ending.of(reply, Status.FAILED, error)
    return Ending.of(reply, Status.COMPLETE)


def _fallback(provider: Provider) -> str:
    return provider.fallback_model


def _remember(provider: Provider, findings: Findings, endpoint: Endpoint) -> None:
    if findings.listed:
        save_models(provider, findings.listed)
    if findings.can_chat:
        remember_endpoint(provider.pk, endpoint)
