"""How long it usually takes until a model says something: the median of its latest answers."""

import hashlib
from statistics import median

from django.core.cache import cache

from conversations.models import Generation

LATEST = 20
# Seconds for which a figure is good enough.
TRUST = 60


def usual_wait(provider_id: int | None, model: str) -> int | None:
    """Milliseconds until the first token; None for a model that has not answered yet. Reads rows at times."""
    name = hashlib.sha256(f"{provider_id} {model}".encode()).hexdigest()
    key = f"usual-wait-{name}"
    known: int | None = cache.get(key, 0)
    if known == 0:
        known = _median(provider_id, model)
        cache.set(key, known, TRUST)
    return known


def _median(provider_id: int | None, model: str) -> int | None:
    same = Generation.objects.filter(provider=provider_id, model_requested=model, ttft_ms__isnull=False)
    waits = same.order_by("-created_at").values_list("ttft_ms", flat=True)[:LATEST]
    known = [wait for wait in waits if wait is not None]
    return max(1, round(median(known))) if known else None
