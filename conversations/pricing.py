"""What one upstream request cost, by the price lists that genai-prices carries with it (offline).

A price belongs to an address: the same open model costs something at a vendor and nothing known on a machine
in the next room. So an address that no list knows has no price, whatever its models are called.
"""

import ipaddress
from decimal import Decimal
from typing import Protocol
from urllib.parse import urlsplit

CURRENCY = "USD"  # of all lists of genai-prices
_LEDGER_STEP = Decimal("0.00000001")  # decimal places of Generation.cost


class TokenCounts(Protocol):
    """Tokens as the API counts them: cached ones are part of the prompt, reasoning ones of the completion."""

    @property
    def prompt_tokens(self) -> int | None: ...
    @property
    def completion_tokens(self) -> int | None: ...
    @property
    def cached_tokens(self) -> int | None: ...


def cost_of(
    provider_kind: str, provider_base_url: str, model: str, usage: TokenCounts
) -> tuple[Decimal, str] | None:
    """The cost and its currency (ISO 4217), eight decimal places; None where no price is known.

    `provider_kind` is a value of Provider.Kind; the model on this machine costs nothing. The first call for
    a public address imports the lists: 0.2 s and 13 MB once, after that 10 µs.
    """
    if provider_kind == "local":
        return Decimal(0), CURRENCY
    if usage.prompt_tokens is None and usage.completion_tokens is None:
        return None
    if not model or not _is_public_name(urlsplit(provider_base_url).hostname or ""):
        return None
    total = _listed_price(provider_base_url, model, usage)
    return None if total is None else (total.quantize(_LEDGER_STEP), CURRENCY)


def _is_public_name(host: str) -> bool:
    """Could `host` be a vendor's? What cannot never loads the lists."""
    if "." not in host or host.endswith((".local", ".internal", ".lan", ".localhost")):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def _listed_price(base_url: str, model: str, usage: TokenCounts) -> Decimal | None:
    from genai_prices import Usage, calc_price  # 13 MB that a process without answers does not need

    prompt = usage.prompt_tokens or 0
    counts = Usage(
        input_tokens=prompt,
        # Some servers count cached tokens beside the prompt; more than all of it cannot have been cheaper.
        cache_read_tokens=min(usage.cached_tokens or 0, prompt),
        output_tokens=usage.completion_tokens or 0,
    )
    try:
        return calc_price(counts, model, provider_api_url=base_url).total_price
    except (LookupError, ValueError):  # not in the lists; or listed without a price per token
        return None
