"""Estimates learn from what a model's server reports, and no further than is sane."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from conversations.estimates import NEUTRAL, estimate_tokens
from conversations.learning import HIGHEST, LOWEST, SAMPLES, known_factors, learn
from conversations.models import Conversation, Generation, Message, Provider, TokenFactor
from tests.usage.rows import spent

TEXT = "Die Gezeiten entstehen durch die Anziehungskraft von Mond und Sonne. " * 20


def answered(
    user: User, provider: Provider, *, completion: int, prompt: int = 0, text: str = TEXT, **fields: Any
) -> Generation:
    conversation = Conversation.objects.create(owner=user)
    question = Message.objects.create(conversation=conversation, role="user", content=TEXT)
    answer = Message.objects.create(
        conversation=conversation, parent=question, role="assistant", content=text
    )
    return spent(
        user,
        tokens=(prompt, completion),
        provider=provider,
        conversation=conversation,
        message=answer,
        **fields,
    )


def test_a_model_that_counts_more_is_estimated_higher(alice: User, provider: Provider) -> None:
    true = round(1.7 * estimate_tokens(TEXT))
    rows = [answered(alice, provider, completion=true, prompt=true + 7).pk for _ in range(5)]
    assert known_factors(provider.pk, "alpha") == NEUTRAL
    assert learn(rows) == 5
    known = known_factors(provider.pk, "alpha")
    assert estimate_tokens(TEXT, factor=known.completion) == pytest.approx(true, rel=0.05)
    assert known.prompt == pytest.approx(1.7, rel=0.05)
    assert known_factors(provider.pk, "beta") == NEUTRAL


def test_a_first_short_answer_does_not_turn_everything_round(alice: User, provider: Provider) -> None:
    learn([answered(alice, provider, completion=3, text="Yes").pk])
    assert known_factors(provider.pk, "alpha").completion == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("completion", [1, 100_000])
def test_what_no_vocabulary_explains_teaches_nothing(
    alice: User, provider: Provider, completion: int
) -> None:
    assert learn([answered(alice, provider, completion=completion).pk]) == 0
    assert known_factors(provider.pk, "alpha") == NEUTRAL


def test_a_factor_has_bounds(provider: Provider) -> None:
    TokenFactor.objects.create(
        provider_id=provider.pk, model="alpha", prompt_reported=1e9, prompt_estimated=1,
        completion_reported=1, completion_estimated=1e9,
    )  # fmt: skip
    known = known_factors(provider.pk, "alpha")
    assert (known.prompt, known.completion) == (HIGHEST, LOWEST)


def test_reasoning_that_is_not_shown_is_left_out(alice: User, provider: Provider) -> None:
    true = estimate_tokens(TEXT)
    learn([answered(alice, provider, completion=true + 900, reasoning_tokens=900).pk])
    assert known_factors(provider.pk, "alpha").completion == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    "fields", [{"source": "estimated"}, {"status": "stopped"}, {"purpose": "continue"}, {"purpose": "title"}]
)
def test_only_whole_reported_answers_teach(alice: User, provider: Provider, fields: dict[str, Any]) -> None:
    assert learn([answered(alice, provider, completion=600, **fields).pk]) == 0


def test_a_sweep_looks_at_a_few_only(alice: User, provider: Provider) -> None:
    rows = [answered(alice, provider, completion=600).pk for _ in range(SAMPLES + 2)]
    assert learn(rows) == SAMPLES


def test_old_samples_lose_weight(alice: User, provider: Provider) -> None:
    TokenFactor.objects.create(
        provider_id=provider.pk, model="alpha", completion_reported=400_000, completion_estimated=400_000
    )
    learn([answered(alice, provider, completion=estimate_tokens(TEXT)).pk])
    assert TokenFactor.objects.get().completion_estimated < 210_000
