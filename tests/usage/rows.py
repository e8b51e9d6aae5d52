"""Ledger rows for tests: one call, one upstream request."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from conversations.models import Generation


def spent(
    user: User | None, *, at: datetime | None = None, tokens: tuple[int, int] = (10, 5), **fields: Any
) -> Generation:
    """A finished request of `user`, `tokens` of prompt and completion, made at `at` (default: now)."""
    prompt, completion = tokens
    name = user.get_username() if user else ""
    defaults: dict[str, Any] = {
        "user": user,
        "user_name": name,
        "provider_name": "scripted",
        "model_requested": "alpha",
        "model_answered": "alpha-2026",
        "status": "complete",
        "finish_reason": "stop",
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "source": "reported",
    }
    times = {"created_at": at, "started_at": at} if at else {}
    return Generation.objects.create(**{**defaults, **times, **fields})


def months_of(one: User, other: User, *, requests: int, hours: int) -> None:
    """A ledger as it is after a while: several models, ends and prices, a request every so many `hours`."""
    now = timezone.now()
    for number in range(requests):
        spent(
            (one, other)[number % 3 == 0],
            at=now - timedelta(hours=hours * number),
            tokens=(40 + 17 * number % 900, 9 * number % 400),
            model_requested=("alpha", "beta", "a-model-with-a-rather-long-name-70b")[number % 3],
            status=("complete", "complete", "stopped", "failed")[number % 4],
            error_kind="" if number % 4 < 3 else "rate_limited",
            ttft_ms=90 + 7 * number % 400,
            duration_ms=900 + 31 * number % 4000,
            cost=Decimal(number) / 5000,
            currency="USD",
        )
