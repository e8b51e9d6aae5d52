"""What a request cost."""

import subprocess
import sys
from decimal import Decimal

import pytest

from conversations.pricing import cost_of
from conversations.upstream import Usage

OPENAI = "https://api.openai.com/v1"


def priced(kind: str, base_url: str, model: str, usage: Usage) -> tuple[Decimal, str] | None:
    found = cost_of(kind, base_url, model, usage)
    return (found.cost, found.currency) if found else None


def test_a_listed_model_at_its_vendor_has_a_price() -> None:
    usage = Usage(prompt_tokens=1_000_000, completion_tokens=100_000)
    assert priced("configured", OPENAI, "gpt-4o-mini", usage) == (Decimal("0.21"), "USD")


def test_cached_tokens_cost_less() -> None:
    usage = Usage(prompt_tokens=1_000_000, completion_tokens=0, cached_tokens=1_000_000)
    assert priced("configured", OPENAI, "gpt-4o-mini", usage) == (Decimal("0.075"), "USD")


def test_more_cached_tokens_than_there_were_count_as_all() -> None:
    sane = Usage(prompt_tokens=1000, completion_tokens=10, cached_tokens=1000)
    odd = Usage(prompt_tokens=1000, completion_tokens=10, cached_tokens=5000)
    assert priced("configured", OPENAI, "gpt-4o-mini", odd) == priced(
        "configured", OPENAI, "gpt-4o-mini", sane
    )


def test_the_price_itself_is_told_per_million() -> None:
    found = cost_of("configured", OPENAI, "gpt-4o-mini", Usage(prompt_tokens=1, completion_tokens=1))
    assert found is not None
    assert found.price == {"input": "0.15", "cached": "0.075", "output": "0.6", "source": "genai-prices"}


def test_a_dated_name_is_the_same_model() -> None:
    usage = Usage(prompt_tokens=1000, completion_tokens=10)
    dated = priced("environment", OPENAI, "gpt-4o-mini-2024-07-18", usage)
    assert dated == priced("environment", OPENAI, "gpt-4o-mini", usage)


def test_the_cost_fits_the_ledger() -> None:
    cost = priced("configured", OPENAI, "gpt-4o-mini", Usage(prompt_tokens=1, completion_tokens=1))
    assert cost == (Decimal("0.00000075"), "USD")


def test_the_model_on_this_machine_costs_nothing() -> None:
    usage = Usage(prompt_tokens=10, completion_tokens=10)
    assert priced("local", "http://127.0.0.1:9999/v1", "SmolLM2", usage) == (Decimal(0), "USD")


@pytest.mark.parametrize(
    ("base_url", "model"),
    [
        (OPENAI, "gpt-from-next-year"),
        (OPENAI, ""),
        ("https://llm.example.com/v1", "gpt-4o-mini"),
        ("http://127.0.0.1:8000/v1", "gpt-4o-mini"),
        ("http://vllm:8000/v1", "gpt-4o-mini"),
        ("http://[::1]:8000/v1", "gpt-4o-mini"),
    ],
)
def test_what_no_list_knows_has_no_price(base_url: str, model: str) -> None:
    assert priced("configured", base_url, model, Usage(prompt_tokens=10, completion_tokens=10)) is None


def test_without_counts_there_is_no_price() -> None:
    assert priced("configured", OPENAI, "gpt-4o-mini", Usage()) is None


def test_the_lists_are_not_loaded_for_machines_at_home() -> None:
    program = (
        "import sys; from types import SimpleNamespace as N; from conversations.pricing import cost_of\n"
        "usage = N(prompt_tokens=1, completion_tokens=1, cached_tokens=None)\n"
        "cost_of('configured', 'http://vllm:8000/v1', 'm', usage)\n"
        "sys.exit('genai_prices' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
