"""What one upstream request cost, by the price lists that genai-prices carries with it (offline).

A price belongs to an address: the same open model costs something at a vendor and nothing known on a machine
in the next room. So an address that no list knows has no price, whatever its models are called.
"""

import ipaddress
from decimal import Decimal
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

CURRENCY = "USD"  # of all lists of genai-prices
LEDGER_STEP = Decimal("0.00000001")  # decimal places of Generation.cost


class TokenCounts(Protocol):
    """Tokens as the API counts them: cached ones are part of the prompt, reasoning ones of the completion."""

    @property
    def prompt_tokens(self) -> int | None: ...
    @property
    def completion_tokens(self) -> int | None: ...
    @property
    def cached_tokens(self) -> int | None: ...
    @property
    def reasoning_tokens(self) -> int | None: ...


class Priced(NamedTuple):
    """The cost, its currency (ISO 4217), and the price per million tokens that it was reckoned with."""

    cost: Decimal
    currency: str
    price: dict[str, Any]


def cost_of(provider_kind: str, provider_base_url: str, model: str, usage: TokenCounts) -> Priced | None:
    """The cost by the lists, eight decimal places; None where they know no price.

    `provider_kind` is a value of Provider.Kind; the model on this machine costs nothing. The first call for
    a public address imports the lists: 0.2 s and 13 MB once, after that 10 µs.
    """
    if provider_kind == "local":
        return Priced(Decimal(0), CURRENCY, {"source": "this machine"})
    if usage.prompt_tokens is None and usage.completion_tokens is None:
        return None
    if not model or not _is_public_name(urlsplit(provider_base_url).hostname or ""):
        return None
    return _listed_price(provider_base_url, model, usage)


def _is_public_name(host: str) -> bool:
    """Could `host` be a vendor's? What cannot never loads the lists."""
    if "." not in host or host.endswith((".local", ".internal", ".lan", ".localhost")):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def _listed_price(base_url: str, model: str, usage: TokenCounts) -> Priced | None:
    from genai_prices import Usage, calc_price  # 13 MB that a process without answers does not need

    prompt = usage.prompt_tokens or 0
    counts = Usage(
        input_tokens=prompt,
        # Some servers count cached tokens beside the prompt; more than all of it cannot have been cheaper.
        cache_read_tokens=min(usage.cached_tokens or 0, prompt),
        output_tokens=usage.completion_tokens or 0,
    )
    try:
        found = calc_price(counts, model, provider_api_url=base_url)
    except (LookupError, ValueError):  # not in the lists; or listed without a price per token
        return None
    return Priced(found.total_price.quantize(LEDGER_STEP), CURRENCY, _per_million(found.model_price))


def _per_million(listed: object) -> dict[str, str]:
    """The flat prices of a list's entry; one that depends on the size of the prompt is not one number."""
    found = {
        name: getattr(listed, key, None)
        for name, key in (("input", "input_mtok"), ("cached", "cache_read_mtok"), ("output", "output_mtok"))
    }
    flat = {name: format(price, "f") for name, price in found.items() if isinstance(price, Decimal)}
    return {**flat, "source": "genai-prices"}
