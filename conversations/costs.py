"""What a request cost: by the price that an administrator entered, in force then, else by price lists."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from conversations.models import ModelPrice, Provider
from conversations.models.occupied import has_rows
from conversations.pricing import LEDGER_STEP, Priced, TokenCounts, cost_of

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked, for which model (the one that answered before the one asked for), and when."""

    provider_id: int | None
    provider_kind: str
    provider_base_url: str
    models: tuple[str, ...]
    moment: datetime


def cost_of_request(asked: Asked, usage: TokenCounts) -> Priced | None:
    """None where nobody knows a price."""
    if usage.prompt_tokens is None and usage.completion_tokens is None:
        return None
    names = [name for name in asked.models if name]
    for name in names if has_rows(ModelPrice) else ():
        if row := ModelPrice.objects.in_force(asked.provider_id, name, asked.moment):
            return _by_row(row, usage)
    if asked.provider_id is None:
        return None
    model = names[0] if names else ""
    return cost_of(asked.provider_kind, asked.provider_base_url, model, usage)


class _OneToken(NamedTuple):
    """The lists are asked for their price, not for a cost."""

    prompt_tokens: int = 1
    completion_tokens: int = 1
    cached_tokens: int = 0
    reasoning_tokens: int = 0


def price_of(provider: Provider, model: str) -> dict[str, str] | None:
    """`input`, `output` and maybe `cached`, per million tokens now, and their `currency`; None: not known."""
    moment = timezone.now()
    if has_rows(ModelPrice) and (row := ModelPrice.objects.in_force(provider.pk, model, moment)):
        return {**row.per_million(), "currency": row.currency}
    return listed_price(provider, model)


def listed_price(provider: Provider, model: str) -> dict[str, str] | None:
    """The same by the price lists alone."""
    found = cost_of(provider.kind, provider.base_url, model, _OneToken())
    if found is None or not {"input", "output"} <= set(found.price):
        return None
    return {**found.price, "currency": found.currency}


def _by_row(row: ModelPrice, usage: TokenCounts) -> Priced:
    prices = row.per_million()
    prompt, completion = usage.prompt_tokens or 0, usage.completion_tokens or 0
    # Some servers count cached or reasoning tokens beside the whole they are a part of.
    cached = min(usage.cached_tokens or 0, prompt)
    reasoning = min(usage.reasoning_tokens or 0, completion)
    counts = {
        "input": prompt - cached,
        "cached": cached,
        "output": completion - reasoning,
        "reasoning": reasoning,
    }
    total = sum((Decimal(prices[name]) * count for name, count in counts.items()), Decimal(0)) / MILLION
    price: dict[str, Any] = {**prices, "source": f"price {row.pk}"}
    return Priced(total.quantize(LEDGER_STEP), row.currency, price)
