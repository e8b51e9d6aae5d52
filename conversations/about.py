"""What a person should know of the model that they choose: how much fits, its price, its defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext

from conversations.contexts import in_words
from conversations.costs import price_of
from conversations.models import Conversation, Provider
from conversations.offers import choose, found
from conversations.refusals import Refusal
from conversations.weighing import NEUTRAL, Scale


@dataclass(frozen=True, slots=True)
class About:
    """`defaults`: the parameters that hold where a conversation sets none."""

    facts: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    instructions: str = ""
    scale: Scale = NEUTRAL


def about(
    user: User, model: str, conversation: Conversation | None, providers: list[Provider] | None = None
) -> About:
    """Of a choice as the picker names it; nothing, where that cannot be chosen.

    `providers`: the usable ones, by a page that has them.
    """
    try:
        if model or not providers:
            choice = choose(user, model, conversation=conversation)
        else:
            choice = found(providers, model, conversation)
    except Refusal:
        return About()
    price = price_of(choice.provider, choice.model)
    scale = Scale.of(choice, price)
    facts = []
    if scale.context:
        facts.append(gettext("Context: %(tokens)s.") % {"tokens": in_words(scale.context)})
    if price:
        facts.append(
            gettext("Price of a million tokens: %(input)s in, %(output)s out (%(currency)s).") % price
        )
    # Those of a model are for new conversations; see sending/asking.py.
    instructions = choice.system_prompt if conversation is None else ""
    return About(" ".join(facts), choice.provider.parameters, instructions, scale)
