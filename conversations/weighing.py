"""How much a conversation weighs before the next message: for the line under the composer.

All of it is an estimate in name: what the answering server counted last, and our own
estimate of what came since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Protocol

from conversations.estimates import PER_MESSAGE, estimate_tokens
from conversations.learning import known_factors
from conversations.models import Message
from conversations.offers import Choice

# Characters that are looked at; of a longer text they stand for the rest. static/js/helpers/token-estimate.js
# does the same.
SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Scale:
    """What a model makes of a text: its tokens over our plain estimate, how many fit, and what a million of
    the prompt's cost; None and "" where nobody said.
    """

    factor: float = 1.0
    context: int | None = None
    price: str = ""
    currency: str = ""

    @classmethod
    def of(cls, choice: Choice, price: Mapping[str, str] | None) -> "Scale":
        """`price`: as conversations/costs.py tells it."""
        return cls(
            factor=round(known_factors(choice.provider.pk, choice.model).prompt, 4),
            context=choice.offered.context if choice.offered is not None else None,
            price=price["input"] if price else "",
            currency=price["currency"] if price else "",
        )

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


NEUTRAL = Scale()


class Weighed(Protocol):
    """A message, or what a page knows of it."""

    @property
    def content(self) -> str: ...
    @property
    def refusal(self) -> str: ...
    @property
    def usage(self) -> Any: ...


def held_by(message: Message | Weighed) -> int | None:
    """Tokens of the conversation up to this answer, as its server counted them; None if nobody did."""
    usage = message.usage or {}
    if (held := usage.get("context_tokens")) is not None:
        return int(held)
    prompt, completion = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not prompt or completion is None:
        return None
    # What it only thought is not sent again.
    return int(prompt + max(0, completion - (usage.get("reasoning_tokens") or 0)))


def weight_of(thread: Sequence[Message | Weighed], system_prompt: str, factor: float = 1.0) -> int:
    """Tokens of a branch, about."""
    since: list[str] = []
    for message in reversed(thread):
        if (held := held_by(message)) is not None:
            break
        since.append(message.content or message.refusal)
    else:
        held = 0
        since.append(system_prompt)
    texts = [text for text in reversed(since) if text.strip()]
    return held + round(_estimated("\n".join(texts)) * factor) + PER_MESSAGE * len(texts)


def _estimated(text: str) -> float:
    """The newest part stands for the whole of a long text."""
    sample = text[-SAMPLE:]
    return _counted(sample) * len(text) / len(sample) if sample else 0


# Of conversations that are opened again; some megabytes.
_counted = lru_cache(maxsize=100)(estimate_tokens)
