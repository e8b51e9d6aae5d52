"""Asking an upstream on trial: its models, an answer without and with streaming, a tool; and if not, why.

Each ask is an ordinary request and stands in the ledger like all others; the look at the list of models does
not, because nothing is completed and nothing counted there. The asks carry a lease as a runner's would: a
probe that dies in the middle is ended by whichever runner looks next.
"""

import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

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

TOOL_QUESTION = "What time is it? Ask the clock."
TOOL = {
    "type": "function",
    "function": {
        "name": "clock",
        "description": "Tells what time it is.",
        "parameters": {"type": "object", "properties": {}},
    },
}

User = AbstractBaseUser | AnonymousUser


@dataclass(slots=True)
class Ask:
    """One request on trial."""

    provider: Provider
    endpoint: Endpoint
    model: str
    streamed: bool
    with_tool: bool = False
    user: User | None = None
    arrivals: list[float] = field(default_factory=list)

    @property
    def body(self) -> dict[str, Any]:
        question = TOOL_QUESTION if self.with_tool else QUESTION
        messages = [{"role": "user", "content": question}]
        body = {"model": self.model, "messages": messages, "stream": self.streamed}
        if not self.with_tool:
            return body
        forced = {"type": "function", "function": {"name": "clock"}}
        return body | {"tools": [TOOL], "tool_choice": forced}


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
        findings = Findings(
            provider=provider.name, base_url=provider.base_url, kind=provider.kind, has_key=provider.has_key
        )
        say(f"Asking {provider.endpoint.host} for its models")
        await _list_models(client, provider.endpoint, findings)
        first = next(iter(findings.models), "")
        findings.model = model or provider.default_model or first or await sync_to_async(_fallback)(provider)
        asks = _asks(provider, findings, user)
        endpoint = await _try_all(client, asks, findings, deadlines=deadlines, say=say)
        findings.learnt = _learnt(endpoint)
        await sync_to_async(_remember)(provider, findings, endpoint)
        return findings
    finally:
        await client.aclose()


def _asks(provider: Provider, findings: Findings, user: User | None) -> list[Ask]:
    ways = [(False, False), (True, False), (True, True)]
    endpoint, model = provider.endpoint, findings.model
    return [Ask(provider, endpoint, model, streamed, with_tool, user) for streamed, with_tool in ways]


async def _try_all(
    client: Client, asks: list[Ask], findings: Findings, *, deadlines: Deadlines, say: Callable[[str], None]
) -> Endpoint:
    """The endpoint, with what the server taught us."""
    endpoint = asks[0].endpoint
    for ask in asks:
        if ask.with_tool and not findings.can_chat:
            break
        ask.endpoint = endpoint
        how = "with a tool" if ask.with_tool else f"{'with' if ask.streamed else 'without'} streaming"
        say(f"Asking {findings.model or 'it'} {how}")
        trial, endpoint = await _try(client, ask, deadlines)
        findings.trials.append(trial)
        if trial.is_hopeless:
            break
    return endpoint


def _learnt(endpoint: Endpoint) -> tuple[str, ...]:
    names = {
        "stream_options": not endpoint.stream_options,
        gettext_noop("the role developer"): not endpoint.developer_role,
        gettext_noop("max_tokens by that name"): endpoint.max_completion_tokens,
    }
    return tuple(name for name, refused in names.items() if refused)


async def _list_models(client: Client, endpoint: Endpoint, findings: Findings) -> None:
    try:
        findings.listed = await client.models(endpoint)
    except UpstreamError as error:
        findings.models_error, findings.models_kind = error.message, error.kind
        findings.models_status = error.status_code or (200 if error.kind == "not_understood" else None)
        if error.kind in ("not_found", "not_understood", "refused", "redirect"):
            findings.better_base = await _better_base(client, endpoint)


async def _better_base(client: Client, endpoint: Endpoint) -> str:
    """The same address with /v1 behind it, if that is where models are listed."""
    longer = endpoint.url("v1")
    if urlsplit(longer).path.endswith("/v1/v1"):
        return ""
    try:
        await client.models(replace(endpoint, base_url=longer))
    except UpstreamError:
        return ""
    return longer


async def _try(client: Client, ask: Ask, deadlines: Deadlines) -> tuple[Trial, Endpoint]:
    row = await sync_to_async(_enter)(ask, deadlines)
    reply = client.reply(ask.endpoint, ask.body)
    ending = Ending(status=Status.INTERRUPTED)
    try:
        ending = await _read(reply, ask)
        account(ending, ask.body["messages"])
    finally:
        await sync_to_async(finish)(row.pk, owner=row.owner, fence=row.fence, ending=ending)
    trial = Trial.of(ending, streamed=ask.streamed, with_tool=ask.with_tool, arrivals=ask.arrivals)
    return trial, reply.endpoint


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
                ask.arrivals += [time.monotonic()] if isinstance(item, Delta) else []
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
        remember_endpoint(provider.pk, findings.model, provider.endpoint, endpoint)
