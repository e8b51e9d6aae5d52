"""Ledger rows for tests: one call, one upstream request."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

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
