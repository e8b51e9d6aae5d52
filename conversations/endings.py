"""The end of a generation: text, status, usage and timings in one transaction; then nothing changes."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_noop

from conversations import titling
from conversations.contexts import explained
from conversations.costs import Asked, cost_of_request
from conversations.estimates import NEUTRAL, Factors, estimate_prompt, estimate_tokens
from conversations.growth import TOKEN_FIELDS, grown
from conversations.learning import known_factors
from conversations.models import (
    Conversation,
    Generation,
    GenerationEvent,
    Message,
    OfferedModel,
    Provider,
)
from conversations.models.prepared import Prepared, delete_rows, update_rows
from conversations.models.status import Status
from conversations.models.writing import writing
from conversations.reporting import report_end
from conversations.tally import Histogram
from conversations.upstream import Endpoint, Reply, UpstreamError, Usage
from conversations.upstream.token_details import token_details
from conversations.upstream.unicode import clean_json

MOST_TOKENS = 10**12
_NOW = Now()

_AT_THE_END = (
    "message_id", "message__content", "message__reasoning", "message__refusal", "message__tool_calls",
    "message__usage", "message__ttft_ms", "message__reasoning_ms", "message__duration_ms",
    "conversation_id", "conversation__title", "conversation__updated_at", "provider_id", "provider_name",
    "purpose", "provider__kind", "provider__base_url", "model_requested", "started_at", "user_id",
)  # fmt: skip

# Plain values: instances of four models would cost more than all the writing.
_ENDING = Prepared(
    lambda generation_id, owner, fence: Generation.objects.filter(
        pk=generation_id, owner=owner, fence=fence, status=Status.STREAMING
    ).values(*_AT_THE_END),
    UUID,
    str,
    int,
)

# A runner that died may have shown events that its log does not hold. Their numbers are never used again:
# a page that still has such an event must not take it for one of the continued answer's.
NEVER_LOGGED = 1_000_000

RESTARTED = gettext_noop("The server was restarted while this answer was being written.")
LOST = gettext_noop("The process that was writing this answer stopped working.")


@dataclass(slots=True)
class Ending:
    """How one generation ended, and all that it brought; its own texts, without what the message had."""

    status: Status
    content: str = ""
    reasoning: str = ""
    refusal: str = ""
    tool_calls: list[dict[str, Any]] = field(default_factory=list)
    finish_reason: str = ""
    error: str = ""
    error_kind: str = ""
    status_code: int | None = None
    attempts: int = 0
    usage: Usage | None = None
    source: str = ""
    model_answered: str = ""
    upstream_id: str = ""
    ttft_ms: int | None = None
    reasoning_ms: int | None = None
    duration_ms: int | None = None
    last_seq: int = 0
    gaps: Histogram | None = None
    # When the upstream's connection was closed, by time.monotonic().
    closed_at: float = 0.0

    @classmethod
    def of(cls, reply: Reply, status: Status, error: UpstreamError | None = None) -> Self:
        """All that a reply brought until now; `error` in words if it was the reason for the end."""
        answer = reply.answer
        return cls(
            status=status,
            content=answer.content,
            reasoning=answer.reasoning,
            refusal=answer.refusal,
            tool_calls=answer.tool_calls,
            finish_reason=answer.finish_reason or "",
            error=error.message if error else "",
            error_kind=error.kind if error else "",
            status_code=reply.status_code,
            attempts=reply.attempts,
            usage=answer.usage,
            model_answered=answer.model,
            upstream_id=answer.upstream_id,
            ttft_ms=reply.ttft_ms,
            reasoning_ms=reply.reasoning_ms,
            duration_ms=reply.duration_ms,
        )

    @property
    def said_something(self) -> bool:
        return bool(self.content or self.reasoning or self.refusal or self.tool_calls)


def account(ending: Ending, messages: list[dict[str, str]], factors: Factors = NEUTRAL) -> None:
    """Fills in the usage: as reported, or estimated where a server that did work never said."""
    if ending.usage is not None:
        ending.source = Generation.Source.REPORTED
        return
    asked_in_vain = ending.status == Status.FAILED or not ending.attempts
    if asked_in_vain and not ending.said_something:
        return
    prompt = estimate_prompt(messages, factor=factors.prompt)
    texts = (ending.content, ending.reasoning, ending.refusal)
    completion = sum(estimate_tokens(text, factor=factors.completion) for text in texts if text)
    ending.usage = Usage(prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion)
    ending.source = Generation.Source.ESTIMATED


@dataclass(frozen=True, slots=True)
class Ended:
    """What was ended, as the list of conversations shows it; ids are None where the conversation is gone."""

    message_id: UUID | None
    conversation_id: UUID | None
    title: str
    updated_at: datetime | None


def finish(generation_id: UUID, *, owner: str, fence: int, ending: Ending) -> Ended | None:
    """Ends a claimed generation. None: the claim was lost, and nothing was written."""
    claimed = {"id": generation_id, "owner": owner, "fence": fence, "status": Status.STREAMING}
    row = _ENDING.first(generation_id, owner, fence)
    if row is None:
        return None
    ending.error = explained(ending.error, ending.error_kind, row["provider_id"], row["model_requested"])
    # Before the transaction: price lists are read from disk the first time.
    cost = _cost(row, ending)
    stopped_in = _stopped_in(generation_id, ending)
    with writing():
        ledger = {**_ledger_fields(ending), **cost, "stopped_in_ms": stopped_in, "ended_at": _NOW}
        if not update_rows(Generation, claimed, ledger):
            return None
        if row["message_id"] is not None:
            fields = {**grown(row, ending), "stopped_in_ms": stopped_in}
            update_rows(Message, {"id": row["message_id"]}, fields)
            update_rows(Conversation, {"id": row["conversation_id"]}, {"unread": True})
            titling.queue_after(generation_id, ending.status, ending.content)
        delete_rows(GenerationEvent, {"generation": generation_id})
    report_end(generation_id, row, ending)
    title, updated_at = row["conversation__title"] or "", row["conversation__updated_at"]
    return Ended(row["message_id"], row["conversation_id"], title, updated_at)


def reap(*, everything: bool = False) -> list[UUID]:
    """Ends what no runner works on any more, keeping what its log holds; returns the messages' ids.

    `everything`: for a process that knows itself to be the only one, at its start: whatever streams is dead.
    """
    rows = (
        Generation.objects.filter(status=Status.STREAMING) if everything else Generation.objects.abandoned()
    )
    ended = []
    for generation in rows.select_related("message__conversation"):
        ending = _from_log(generation)
        ending.error = RESTARTED if everything else LOST
        if not rows.filter(pk=generation.pk).exists():
            continue  # while we read, a runner that was only late has come back
        if finish(generation.pk, owner=generation.owner, fence=generation.fence, ending=ending):
            ended.append(generation.message_id)
    return [message_id for message_id in ended if message_id is not None]


def _from_log(generation: Generation) -> Ending:
    events = list(generation.events.order_by("seq_from"))
    base_seq = generation.message.last_seq if generation.message else 0
    ending = Ending(
        status=Status.INTERRUPTED,
        content="".join(event.content for event in events),
        reasoning="".join(event.reasoning for event in events),
        refusal="".join(event.refusal for event in events),
        error_kind="lost",
        attempts=1,  # at least: it was being carried out
        model_answered=generation.model_requested,
        last_seq=next_after_loss(events[-1].seq_to if events else base_seq),
    )
    factors = known_factors(generation.provider_id, generation.model_requested)
    account(ending, _prompt_of(generation), factors)
    return ending


def next_after_loss(last_logged: int) -> int:
    """The seq from which a message whose runner died counts on."""
    return last_logged + NEVER_LOGGED


def _prompt_of(generation: Generation) -> list[dict[str, str]]:
    message = generation.message
    if message is None:
        return []
    thread = message.conversation.thread(message.parent_id)
    if generation.purpose == Generation.Purpose.CONTINUE:
        thread.append(message)
    return [{"role": row.role, "content": row.content} for row in thread]


def _stopped_in(generation_id: UUID, ending: Ending) -> int | None:
    """Milliseconds from the wish to the closed connection, by the clock of the database, which both know."""
    if ending.status != Status.STOPPED:
        return None
    wish = Generation.objects.filter(pk=generation_id)
    times = wish.annotate(now=Now()).values_list("now", "stop_requested_at").first()
    if times is None or times[1] is None:
        return None
    since_closed = time.monotonic() - ending.closed_at if ending.closed_at else 0.0
    seconds = (times[0] - times[1]).total_seconds() - since_closed
    return max(0, round(seconds * 1000))


def _ledger_fields(ending: Ending) -> dict[str, Any]:
    usage = ending.usage
    return {
        "status": ending.status,
        "finish_reason": ending.finish_reason[:40],
        "error": ending.error,
        "error_kind": ending.error_kind[:40],
        "status_code": ending.status_code,
        "attempts": ending.attempts,
        "model_answered": ending.model_answered[:200],
        "upstream_id": ending.upstream_id[:200],
        "ttft_ms": ending.ttft_ms,
        "duration_ms": ending.duration_ms,
        "last_seq": ending.last_seq,
        "source": ending.source,
        **{name: _count(getattr(usage, name, None)) for name in TOKEN_FIELDS},
        **{name: _count(count) for name, count in token_details(usage.details if usage else {}).items()},
        "usage_details": clean_json(usage.details) if usage else None,
    }


def _count(tokens: int | None) -> int | None:
    """A count that millions of rows can be added up with, whatever the server claims."""
    return None if tokens is None else max(0, min(tokens, MOST_TOKENS))


def _cost(row: dict[str, Any], ending: Ending) -> dict[str, Any]:
    if ending.usage is None:
        return {}
    asked = Asked(
        provider_id=row["provider_id"],
        provider_kind=row["provider__kind"] or "",
        provider_base_url=row["provider__base_url"] or "",
        models=(ending.model_answered, row["model_requested"]),
        moment=row["started_at"] or timezone.now(),
    )
    priced = cost_of_request(asked, ending.usage)
    return {"cost": priced.cost, "currency": priced.currency, "price": priced.price} if priced else {}


def remember_endpoint(provider_id: int, model: str, asked: Endpoint, learnt: Endpoint) -> None:
    """Keeps what a server taught us about itself and this model, for the next request.

    Only what is new: two answers at the same time may each have learnt something else.
    """
    row = Provider.objects.filter(pk=provider_id)
    if asked.stream_options and not learnt.stream_options:
        row.update(stream_options=False)
    if asked.developer_role and not learnt.developer_role:
        row.update(developer_role=False)
    if learnt.max_completion_tokens and not asked.max_completion_tokens:
        offered = OfferedModel.objects.filter(provider_id=provider_id, model_id=model)
        if not offered.update(max_completion_tokens=True):
            row.update(max_completion_tokens=True)  # a model that no list names
