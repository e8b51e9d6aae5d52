"""Learns, from what servers report, by how much our estimates are off for each model.

A sweep shows a few ended answers to `learn`, away from the path of any answer; estimates take what is known.
"""

from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import F

from conversations.branches import turns_up_to
from conversations.estimates import NEUTRAL, Factors, estimate_prompt, estimate_tokens
from conversations.models import Generation, Message, TokenFactor
from conversations.models.status import Status
from conversations.prompts import messages_for

# A factor beyond these says that something else than the vocabulary differs (hidden reasoning, images).
LOWEST, HIGHEST = 0.25, 4.0
# Tokens of trust in the plain estimate: a first short answer must not turn everything round.
PRIOR = 50.0
# Estimated tokens after which old samples count half: servers change their models.
MEMORY = 200_000.0
# Answers looked at in one sweep, and texts that are too long to be worth it.
SAMPLES = 5
LONGEST = 40_000
LONGEST_THREAD = 60
# Seconds for which a process trusts what it has read.
TRUST = 30
_CACHED = "token-factors"


def known_factors(provider_id: int | None, model: str) -> Factors:
    """What is known of this model of this provider; neutral where nothing is. Reads the database at times."""
    known: dict[tuple[int, str], Factors] | None = cache.get(_CACHED)
    if known is None:
        known = {(row.provider_id, row.model): _factors(row) for row in TokenFactor.objects.all()}
        cache.set(_CACHED, known, TRUST)
    return known.get((provider_id or 0, model), NEUTRAL)


def _factors(row: TokenFactor) -> Factors:
    return Factors(
        _factor(row.prompt_reported, row.prompt_estimated),
        _factor(row.completion_reported, row.completion_estimated),
    )


def _factor(reported: float, estimated: float) -> float:
    return max(LOWEST, min(HIGHEST, (reported + PRIOR) / (estimated + PRIOR)))


def learn(generation_ids: list[UUID]) -> int:
    """Takes what reported answers among these teach; returns how many did."""
    rows = (
        Generation.objects.filter(
            pk__in=generation_ids,
            status=Status.COMPLETE,
            source=Generation.Source.REPORTED,
            purpose__in=(Generation.Purpose.ANSWER, Generation.Purpose.RETRY),
            provider__isnull=False,
            message__isnull=False,
        )
        .exclude(model_requested="")
        .select_related("message__conversation")
        .order_by("?")[:SAMPLES]
    )
    taught = sum(_learn_from(row, row.message) for row in rows if row.message is not None)
    if taught:
        cache.delete(_CACHED)
    return taught


def _learn_from(row: Generation, message: Message) -> bool:
    sums = {**_completion(row, message), **_prompt(row, message)}
    if not sums:
        return False
    provider_id = row.provider_id or 0
    factor, _ = TokenFactor.objects.get_or_create(provider_id=provider_id, model=row.model_requested)
    same = TokenFactor.objects.filter(pk=factor.pk)
    if max(factor.prompt_estimated, factor.completion_estimated) > MEMORY:
        halves = ("prompt_reported", "prompt_estimated", "completion_reported", "completion_estimated")
        same.update(**{name: F(name) / 2 for name in halves})
    added: dict[str, Any] = {name: F(name) + amount for name, amount in sums.items()}
    same.update(**added, samples=F("samples") + 1)
    return True


def _completion(row: Generation, message: Message) -> dict[str, float]:
    text = message.content + message.reasoning + message.refusal
    if message.tool_calls or not row.completion_tokens or not 0 < len(text) <= LONGEST:
        return {}
    # Reasoning that is counted but not shown has no text that could be estimated.
    hidden = 0 if message.reasoning else row.reasoning_tokens or 0
    return _sample("completion", row.completion_tokens - hidden, estimate_tokens(text))


def _prompt(row: Generation, message: Message) -> dict[str, float]:
    conversation = message.conversation
    if not row.prompt_tokens or conversation.messages.count() > LONGEST_THREAD:
        return {}
    turns = turns_up_to(conversation.pk, message.parent_id)
    if sum(len(turn.content) for turn in turns) > LONGEST:
        return {}
    messages = messages_for(turns, system_prompt=conversation.system_prompt)
    return _sample("prompt", row.prompt_tokens, estimate_prompt(messages))


def _sample(part: str, reported: int, estimated: int) -> dict[str, float]:
    if estimated <= 0 or not LOWEST <= reported / estimated <= HIGHEST:
        return {}
    return {f"{part}_reported": float(reported), f"{part}_estimated": float(estimated)}
