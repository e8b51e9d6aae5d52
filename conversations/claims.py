"""What a runner does to the rows while it works: claim what is queued, write what arrived, keep the lease.

All of it is guarded by owner and fence, and all times are the database's: a runner that was thought dead
finds that none of its rows match any more, whatever its clock says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from conversations.branches import turns_up_to
from conversations.estimates import Factors
from conversations.learning import known_factors
from conversations.models import Generation, GenerationEvent, Message, OfferedModel, Provider
from conversations.models.encryption import Unreadable
from conversations.models.headers import sent_headers
from conversations.models.prepared import Prepared, insert_values, update_rows
from conversations.models.provider import SECRETS, key_to_send
from conversations.models.status import Status
from conversations.models.writing import writing
from conversations.prompts import continuation_by_host, continued, messages_for, request_body
from conversations.upstream import Endpoint
from conversations.waits import usual_wait

# Seconds a claim holds without being renewed; each flush renews it.
LEASE = 30.0
_NOW = Now()
_lease_end = cache(Generation.lease_end)
# Claims in one go: who comes first need not wait until many others have been read.
AT_ONCE = 20

# Plain values: a runner takes many of these in a second, and instances of four models cost more.
_FOR_A_CLAIM = (
    "id",
    "fence",
    "user_id",
    "purpose",
    "model_requested",
    "parameters",
    "conversation_id",
    "conversation__system_prompt",
    "message_id",
    "message__parent_id",
    "message__last_seq",
    "message__content",
    "message__reasoning",
    "provider_id",
    "provider__kind",
    "provider__base_url",
    "provider__api_key",
    "provider__extra_headers",
    "provider__stream_options",
    "provider__developer_role",
    "provider__continuation",
    "provider__max_completion_tokens",
    "by_other_name",
)

_OF_AN_EVENT = ("generation", "seq_from", "seq_to", "content", "reasoning", "refusal")

# Whether the model takes max_tokens only as max_completion_tokens.
_BY_OTHER_NAME = Exists(
    OfferedModel.objects.filter(
        provider=OuterRef("provider"), model_id=OuterRef("model_requested"), max_completion_tokens=True
    )
)


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
    factors: Factors
    # What the message held before: a continued answer grows.
    base_seq: int
    base_content: str
    base_reasoning: str
    # How long this model usually takes until its first token, in milliseconds.
    usually_ms: int | None = None


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


def for_a_claim(rows: QuerySet[Generation]) -> Any:
    """The values of which a claim is made."""
    return rows.annotate(by_other_name=_BY_OTHER_NAME).values(*_FOR_A_CLAIM)


_WAITING = Prepared(lambda: for_a_claim(Generation.objects.waiting())[:AT_ONCE])


def claim_waiting(owner: str, limit: int) -> list[Claim]:
    """Takes up to `limit` queued generations, AT_ONCE at most; of several runners that try, one gets each."""
    claims: list[Claim] = []
    for row in _WAITING.rows()[:limit]:
        try:
            claim = _claim(row, owner)
        except DatabaseError:
            if claims:
                # What was taken must be carried out; the rest is still there at the next look.
                return claims
            raise
        if claim is not None:
            claims.append(claim)
    return claims


def _claim(row: dict[str, Any], owner: str) -> Claim | None:
    queued = {"id": row["id"], "status": Status.QUEUED, "fence": row["fence"]}
    if row["message_id"] is None or row["conversation_id"] is None:
        # Deleted while it waited: nobody wants this answer any more.
        update_rows(Generation, queued, {"status": Status.STOPPED, "ended_at": _NOW})
        return None
    fence = row["fence"] + 1
    with writing():
        values = {"owner": owner, "fence": fence, "lease_until": _lease_end(LEASE), "started_at": _NOW}
        if not update_rows(Generation, queued, {"status": Status.STREAMING, **values}):
            return None
        update_rows(Message, {"id": row["message_id"]}, {"status": Status.STREAMING})
    return Claim(
        generation_id=row["id"],
        message_id=row["message_id"],
        conversation_id=row["conversation_id"],
        user_id=row["user_id"],
        owner=owner,
        fence=fence,
        endpoint=endpoint_of(row),
        body=_body(row),
        provider_id=row["provider_id"],
        factors=known_factors(row["provider_id"], row["model_requested"]),
        base_seq=row["message__last_seq"],
        base_content=row["message__content"],
        base_reasoning=row["message__reasoning"],
        usually_ms=usual_wait(row["provider_id"], row["model_requested"]),
    )


def _body(row: dict[str, Any]) -> dict[str, Any]:
    turns = turns_up_to(row["conversation_id"], row["message__parent_id"])
    messages = messages_for(turns, system_prompt=row["conversation__system_prompt"])
    body = request_body(row["model_requested"], messages, row["parameters"])
    if row["purpose"] != Generation.Purpose.CONTINUE:
        return body
    return continued(body, row["message__content"], continuation_of(row))


def continuation_of(row: dict[str, Any]) -> str:
    """How this row's provider is asked to go on: as its administrator says, else as is known of it."""
    if row["provider__kind"] == Provider.Kind.LOCAL:
        return Provider.Continuation.PREFILL
    return row["provider__continuation"] or continuation_by_host(row["provider__base_url"] or "")


def endpoint_of(row: dict[str, Any]) -> Endpoint:
    if row["provider_id"] is None:
        # Deleted meanwhile; asking nowhere fails in words.
        return Endpoint(base_url="")
    kind, stored = row["provider__kind"], row["provider__api_key"]
    return Endpoint(
        base_url=row["provider__base_url"],
        api_key=key_to_send(kind, stored),
        stream_options=row["provider__stream_options"],
        developer_role=row["provider__developer_role"],
        max_completion_tokens=row["provider__max_completion_tokens"] or row["by_other_name"],
        headers=sent_headers(row["provider__extra_headers"]),
        unreadable=any(isinstance(row[f"provider__{name}"], Unreadable) for name in SECRETS),
    )


def flush(owner: str, held: Sequence[UUID], written: Sequence[Written]) -> Standing:
    """Writes new events and renews the leases of all that `owner` holds, in one transaction.

    The update comes first: it locks the rows, so that what the select then finds is still true at the end.
    """
    with writing():
        mine = Generation.objects.filter(pk__in=held, owner=owner, status=Status.STREAMING)
        mine.update(lease_until=_lease_end(LEASE))
        rows = {pk: (fence, stop) for pk, fence, stop in mine.values_list("pk", "fence", "stop_requested_at")}
        events = [
            (
                entry.claim.generation_id,
                entry.seq_from,
                entry.seq_to,
                entry.content,
                entry.reasoning,
                entry.refusal,
            )
            for entry in written
            if rows.get(entry.claim.generation_id, (None,))[0] == entry.claim.fence
        ]
        # A commit whose answer was lost is tried again: what then is there already stays as it is.
        insert_values(GenerationEvent, _OF_AN_EVENT, events)
    return Standing(frozenset(rows), frozenset(pk for pk, (_, stop) in rows.items() if stop is not None))


def stops_requested(owner: str, held: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these are to stop: the backstop for a ring that was lost."""
    asked = Generation.objects.filter(pk__in=held, owner=owner, stop_requested_at__isnull=False)
    return frozenset(asked.values_list("pk", flat=True))
