"""What a request cost: by the price that an administrator entered, in force then, else by price lists."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from conversations.models import ModelPrice
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
    for name in names:
        if row := ModelPrice.objects.in_force(asked.provider_id, name, asked.moment):
            return _by_row(row, usage)
    if asked.provider_id is None:
        return None
    model = names[0] if names else ""
    return cost_of(asked.provider_kind, asked.provider_base_url, model, usage)


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
