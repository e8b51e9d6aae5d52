"""The price in force at the moment of a request, kept beside its cost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import claims, endings, sending
from conversations.costs import Asked, cost_of_request
from conversations.endings import Ending
from conversations.models import Generation, ModelPrice, Provider
from conversations.models.status import Status
from conversations.upstream import Usage

NOW = datetime(2026, 3, 10, tzinfo=UTC)
USAGE = Usage(1_000_000, 1_000_000, 2_000_000, cached_tokens=500_000, reasoning_tokens=250_000)


def price(provider: Provider | None, model: str, amount: int, **fields: Any) -> ModelPrice:
    prices = {"input_price": amount, "output_price": amount, "valid_from": NOW - timedelta(days=9)}
    return ModelPrice.objects.create(provider=provider, model=model, **{**prices, **fields})


def asked(provider: Provider, *models: str, moment: datetime = NOW) -> Asked:
    return Asked(provider.pk, provider.kind, provider.base_url, models or ("alpha",), moment)


def cost(provider: Provider, *models: str, usage: Usage = USAGE, moment: datetime = NOW) -> Decimal | None:
    found = cost_of_request(asked(provider, *models, moment=moment), usage)
    return found.cost if found else None


def test_each_part_has_its_price(provider: Provider) -> None:
    row = price(
        provider, "alpha", 0, input_price="2.5", cached_price="0.5", output_price=10, reasoning_price=20,
        currency="EUR",
    )  # fmt: skip
    found = cost_of_request(asked(provider), USAGE)
    assert found is not None
    assert (found.cost, found.currency) == (Decimal("1.25") + Decimal("0.25") + Decimal("7.5") + 5, "EUR")
    assert found.price == {
        "input": "2.5", "cached": "0.5", "output": "10", "reasoning": "20", "source": f"price {row.pk}",
    }  # fmt: skip


def test_what_has_no_price_of_its_own_costs_what_it_is_part_of(provider: Provider) -> None:
    price(provider, "alpha", 3)
    assert cost(provider) == 6


def test_the_nearest_row_counts(provider: Provider) -> None:
    price(None, "*", 1)
    assert cost(provider) == 2
    price(None, "alpha", 2)
    assert cost(provider) == 4
    price(provider, "*", 3)
    assert cost(provider) == 6
    price(provider, "al*", 4)
    assert cost(provider) == 8
    price(provider, "alpha", 5)
    assert cost(provider) == 10
    assert cost(provider, "beta") == 6


def test_a_price_holds_from_its_moment_until_the_next(provider: Provider) -> None:
    price(provider, "alpha", 1, valid_from=NOW)
    price(provider, "alpha", 2, valid_from=NOW + timedelta(days=1))
    assert cost(provider, moment=NOW - timedelta(seconds=1)) is None
    assert cost(provider, moment=NOW) == 2
    assert cost(provider, moment=NOW + timedelta(days=1)) == 4


def test_the_model_that_answered_comes_before_the_one_asked_for(provider: Provider) -> None:
    price(provider, "alpha-2026", 1)
    price(provider, "alpha", 2)
    assert cost(provider, "alpha-2026", "alpha") == 2
    assert cost(provider, "alpha-2027", "alpha") == 4


def test_more_cached_tokens_than_there_were_count_as_all(provider: Provider) -> None:
    price(provider, "alpha", 1, cached_price=0)
    assert cost(provider, usage=Usage(10, 0, 10, cached_tokens=99)) == 0


def test_a_row_keeps_the_price_it_was_counted_with(alice: User, provider: Provider) -> None:
    row = price(provider, "alpha", 7, valid_from=NOW - timedelta(days=900))
    sending.start_conversation(alice, content="Hello")
    [claim] = claims.claim_waiting("me", 1)
    ending = Ending(Status.COMPLETE, content="Hi", usage=Usage(1_000_000, 0, 1_000_000), source="reported")
    assert endings.finish(claim.generation_id, owner="me", fence=claim.fence, ending=ending)
    row.delete()
    kept = Generation.objects.get()
    assert (kept.cost, kept.currency) == (Decimal(7), "USD")
    assert kept.price["input"] == "7"  # type: ignore[index]


def test_every_detail_of_the_usage_is_kept(alice: User, provider: Provider) -> None:
    sending.start_conversation(alice, content="Hello")
    [claim] = claims.claim_waiting("me", 1)
    details = {
        "prompt_tokens_details": {"audio_tokens": 3, "cached_tokens": 1},
        "completion_tokens_details": {
            "audio_tokens": 4, "accepted_prediction_tokens": 5, "rejected_prediction_tokens": 6,
        },
    }  # fmt: skip
    ending = Ending(Status.COMPLETE, usage=Usage(9, 9, 18, details=details), source="reported")
    endings.finish(claim.generation_id, owner="me", fence=claim.fence, ending=ending)
    row = Generation.objects.get()
    assert (row.prompt_audio_tokens, row.completion_audio_tokens) == (3, 4)
    assert (row.accepted_prediction_tokens, row.rejected_prediction_tokens) == (5, 6)
    assert row.usage_details == details


def test_an_administrator_enters_a_price(provider: Provider, as_admin: Client, as_alice: Client) -> None:
    form = {
        "provider": provider.pk, "model": "al*", "input_price": "2", "output_price": "8", "currency": "usd",
        "valid_from_0": "2026-01-01", "valid_from_1": "00:00", "cached_price": "", "reasoning_price": "",
    }  # fmt: skip
    page = "/admin/conversations/modelprice/add/"
    assert as_alice.post(page, form).status_code == 302
    assert "Three capital letters" in as_admin.post(page, form).content.decode()
    assert as_admin.post(page, form | {"input_price": "-1", "currency": "USD"}).status_code == 200
    assert not ModelPrice.objects.exists()
    assert as_admin.post(page, form | {"currency": "USD"}).status_code == 302
    assert cost(provider) == 10


@pytest.mark.parametrize(
    "details", [{}, {"prompt_tokens_details": 5}, {"prompt_tokens_details": {"audio_tokens": "x"}}]
)
def test_odd_details_are_unknown(details: dict[str, Any]) -> None:
    from conversations.upstream.token_details import NAMES, token_details

    assert token_details(details) == dict.fromkeys(NAMES)
