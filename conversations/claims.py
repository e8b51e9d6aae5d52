"""What a runner does to the rows while it works: claim what is queued, write what arrived, keep the lease.

All of it is guarded by owner and fence, and all times are the database's: a runner that was thought dead
finds that none of its rows match any more, whatever its clock says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from conversations.models import Conversation, Generation, GenerationEvent, Message, Provider
from conversations.models.status import Status
from conversations.models.writing import writing
from conversations.prompts import Turn, messages_for, request_body
from conversations.upstream import Endpoint

# Seconds a claim holds without being renewed; each flush renews it.
LEASE = 30.0


@dataclass(frozen=True, slots=True)
class Claim:
    """One generation that is ours to carry out, with all that it needs."""

    generation_id: UUID
    message_id: UUID
    conversation_id: UUID
    user_id: int | None
    owner: str
    fence: int
    endpoint: Endpoint
    body: dict[str, Any]
    provider_id: int | None
    # What the message held before: a continued answer grows.
    base_seq: int
    base_content: str
    base_reasoning: str


@dataclass(frozen=True, slots=True)
class Written:
    """The events `seq_from`…`seq_to` of one claim, on their way to the log."""

    claim: Claim
    seq_from: int
    seq_to: int
    content: str
    reasoning: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Standing:
    """After a flush: the generations that are still ours, and which of them are to stop."""

    ours: frozenset[UUID]
    to_stop: frozenset[UUID]


def claim_waiting(owner: str, limit: int) -> list[Claim]:
    """Takes up to `limit` queued generations; of several runners that try, one gets each."""
    waiting = Generation.objects.waiting().select_related("message", "conversation", "provider")
    return [claim for generation in waiting[:limit] if (claim := _claim(generation, owner))]


def _claim(generation: Generation, owner: str) -> Claim | None:
    message, conversation = generation.message, generation.conversation
    if message is None or conversation is None:
        # Deleted while it waited: nobody wants this answer any more.
        Generation.objects.filter(pk=generation.pk, status=Status.QUEUED).update(
            status=Status.STOPPED, ended_at=Now()
        )
        return None
    fence = generation.fence + 1
    with writing():
        queued = Generation.objects.filter(pk=generation.pk, status=Status.QUEUED, fence=generation.fence)
        lease = Generation.lease_end(LEASE)
        values = {"owner": owner, "fence": fence, "lease_until": lease, "started_at": Now()}
        if not queued.update(status=Status.STREAMING, **values):
            return None
        Message.objects.filter(pk=message.pk).update(status=Status.STREAMING)
        turns = _turns_up_to(conversation, message.parent_id)
    messages = messages_for(turns, system_prompt=conversation.system_prompt)
    return Claim(
        generation_id=generation.id,
        message_id=message.id,
        conversation_id=conversation.id,
        user_id=generation.user_id,
        owner=owner,
        fence=fence,
        endpoint=endpoint_of(generation.provider),
        body=request_body(generation.model_requested, messages),
        provider_id=generation.provider_id,
        base_seq=message.last_seq,
        base_content=message.content,
        base_reasoning=message.reasoning,
    )


def _turns_up_to(conversation: Conversation, leaf_id: UUID | None) -> list[Turn]:
    """The branch that ends in `leaf_id`, from plain rows: no model instance for each old message."""
    rows = conversation.messages.values_list("id", "parent_id", "role", "content", "refusal")
    by_id = {
        message_id: (parent_id, Turn(role, content or refusal))
        for message_id, parent_id, role, content, refusal in rows
    }
    turns = []
    while leaf_id in by_id:
        leaf_id, turn = by_id[leaf_id]
        turns.append(turn)
    return turns[::-1]


def endpoint_of(provider: Provider | None) -> Endpoint:
    """Where to ask; an empty address for a provider that was deleted meanwhile."""
    if provider is None:
        return Endpoint(base_url="")
    return Endpoint(
        base_url=provider.base_url,
        api_key=provider.key,
        stream_options=provider.stream_options,
        developer_role=provider.developer_role,
    )


def flush(owner: str, held: Sequence[UUID], written: Sequence[Written]) -> Standing:
    """Writes new events and renews the leases of all that `owner` holds, in one transaction.

    The update comes first: it locks the rows, so that what the select then finds is still true at the end.
    """
    with writing():
        mine = Generation.objects.filter(pk__in=held, owner=owner, status=Status.STREAMING)
        mine.update(lease_until=Generation.lease_end(LEASE))
        rows = {pk: (fence, stop) for pk, fence, stop in mine.values_list("pk", "fence", "stop_requested_at")}
        events = [
            GenerationEvent(
                generation_id=entry.claim.generation_id,
                seq_from=entry.seq_from,
                seq_to=entry.seq_to,
                content=entry.content,
                reasoning=entry.reasoning,
                refusal=entry.refusal,
            )
            for entry in written
            if rows.get(entry.claim.generation_id, (None,))[0] == entry.claim.fence
        ]
        # A commit whose answer was lost is tried again: what then is there already stays as it is.
        GenerationEvent.objects.bulk_create(events, ignore_conflicts=True)
    return Standing(frozenset(rows), frozenset(pk for pk, (_, stop) in rows.items() if stop is not None))


def stops_requested(owner: str, held: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these are to stop: the backstop for a ring that was lost."""
    asked = Generation.objects.filter(pk__in=held, owner=owner, stop_requested_at__isnull=False)
    return frozenset(asked.values_list("pk", flat=True))
