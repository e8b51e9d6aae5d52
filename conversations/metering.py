"""What running answers have used so far, by the text that is in the log: their servers say it at the end."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from conversations.estimates import estimate_tokens
from conversations.learning import known_factors
from conversations.models import Generation, GenerationEvent
from conversations.models.generation import GenerationQuerySet
from conversations.models.status import RUNNING

_FACTS = (
    "id", "user_name", "user_id", "provider_id", "provider__kind", "provider__base_url", "model_requested",
    "reserved_tokens", "created_at",
)  # fmt: skip

# Answers that a meter remembers; those that ended are forgotten with all others then.
MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Running:
    """One running request; `prompt` is what was reserved for it before it was sent."""

    facts: dict[str, Any]
    prompt: int
    completion: int

    @property
    def model(self) -> str:
        return str(self.facts["model_requested"])


class Meter:
    """Reads the log on from where it was: a second look at the same answers costs only what is new."""

    def __init__(self) -> None:
        # Up to which seq, and how many tokens, unscaled.
        self._seen: dict[UUID, tuple[int, float]] = {}

    def running(self, rows: GenerationQuerySet | None = None) -> list[Running]:
        """Every running request among `rows` (default: all)."""
        chosen = Generation.objects.all() if rows is None else rows
        found = list(chosen.filter(status__in=RUNNING).values(*_FACTS))
        self._read_on([facts["id"] for facts in found])
        return [self._running(facts) for facts in found]

    def _running(self, facts: dict[str, Any]) -> Running:
        _, tokens = self._seen.get(facts["id"], (0, 0.0))
        factors = known_factors(facts["provider_id"], facts["model_requested"])
        return Running(facts, facts["reserved_tokens"], round(tokens * factors.completion))

    def _read_on(self, ids: Iterable[UUID]) -> None:
        if len(self._seen) > MOST_REMEMBERED:
            self._seen.clear()
        unread = Q()
        for pk in ids:
            seq, _ = self._seen.setdefault(pk, (0, 0.0))
            unread |= Q(generation=pk, seq_from__gt=seq)
        if not unread:
            return
        events = GenerationEvent.objects.filter(unread).order_by("seq_from")
        for pk, last, *texts in events.values_list(
            "generation_id", "seq_to", "content", "reasoning", "refusal"
        ):
            tokens = sum(estimate_tokens(text) for text in texts)
            self._seen[pk] = (last, self._seen[pk][1] + tokens)
