"""The line under the composer: what the conversation weighs and costs, and how full the context is."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from conversations.models import Message
from conversations.weighing import Scale, held_by, weight_of

register = template.Library()

_MILLION = 1_000_000
# What is less than this has no meaning as an amount.
_LEAST = Decimal("0.0001")


@register.filter
def held(message: Message) -> str:
    """For the script, which adds what came after: plain digits, "" if nobody counted."""
    counted = held_by(message)
    return "" if counted is None else str(counted)


@register.inclusion_tag("conversations/_meter.html", takes_context=True)
def context_meter(context: template.Context) -> dict[str, Any]:
    """The conversation as it stands; a script adds what is in the box."""
    scale: Scale = context["composer"].scale
    conversation = context.get("conversation")
    thread = context.get("thread") or []
    tokens = weight_of(thread, conversation.system_prompt, scale.factor) if conversation else 0
    share = round(100 * tokens / scale.context) if scale.context else None
    words = (_tokens(tokens), _cost(tokens, scale), _share(share)) if thread else ()
    return {
        "scale": {name: str(value or "") for name, value in scale.as_dict().items()},
        "tokens": str(tokens),
        "share": share,
        "line": " · ".join(filter(None, words)),
        "shown": bool(words) and share is not None,
    }


def _tokens(tokens: int) -> str:
    return _("about {tokens} tokens").format(tokens=number_format(rounded(tokens), force_grouping=True))


def rounded(tokens: int) -> int:
    """To three digits, below a thousand to two: more would only pretend to be known."""
    digits = 2 if tokens < 1000 else 3
    return int(round(tokens, min(0, digits - len(str(tokens)))))


def _cost(tokens: int, scale: Scale) -> str:
    amount = Decimal(scale.price or 0) * tokens / _MILLION
    if not amount:
        return ""
    if amount < _LEAST:
        return _("under {amount}").format(amount=f"{number_format(_LEAST, 4)} {scale.currency}")
    return f"{number_format(amount, 4 if amount < 1 else 2, force_grouping=True)} {scale.currency}"


def _share(share: int | None) -> str:
    if share is None:
        return ""
    # The percent sign is only that. xgettext:no-python-format
    return _("{percent} % of the context").format(percent=share)
