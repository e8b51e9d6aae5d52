"""Who answers: from what a person chose, and what their conversation used before, to a provider and a model.

A choice is a model's id, or `@<provider's id>/<model's id>` where several providers offer the same one.
"""

import re
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils.translation import gettext

from conversations.access import allowed
from conversations.models import Conversation, OfferedModel, Provider
from conversations.models.prepared import PreparedObjects
from conversations.models.provider import SECRETS
from conversations.refusals import Invalid, NoUpstream

_WITH_PROVIDER = re.compile(r"@(\d{1,18})/(.+)", re.DOTALL)


# Without keys: each would be decrypted, and the choice needs none.
_USABLE = PreparedObjects(Provider, Provider.objects.usable, without=SECRETS)
_NAMED = PreparedObjects(OfferedModel, lambda model: OfferedModel.objects.filter(model_id=model), str)


@dataclass(frozen=True, slots=True)
class Choice:
    """`offered` is the model's row; None for one that no server lists."""

    provider: Provider
    model: str
    offered: OfferedModel | None = None

    @property
    def system_prompt(self) -> str:
        """Instructions for a new conversation that brings none."""
        return self.offered.system_prompt if self.offered is not None else ""


@dataclass(frozen=True, slots=True)
class _Wish:
    """A model, maybe at one provider. `kept`: it is what the conversation has, not a new choice."""

    model: str
    provider_id: int | None = None
    kept: bool = False


def usable() -> list[Provider]:
    """The servers that can be asked, the default first, without their keys."""
    return _USABLE.all()


def choose(user: User, model: str, *, conversation: Conversation | None = None) -> Choice:
    """Who answers `model`, as a picker or a frame names it; "": what the conversation has, else the default.

    Raises NoUpstream where nobody can, Invalid for a model that was hidden.
    """
    providers = usable()
    if not providers:
        raise NoUpstream(_nobody(user))
    choice = found(providers, model, conversation)
    if not allowed(user)(choice.model):
        raise Invalid(
            gettext("You may not use %(model)s. Please choose another model.") % {"model": choice.model}
        )
    return choice


def found(providers: list[Provider], model: str, conversation: Conversation | None = None) -> Choice:
    """The same among these providers, the default first, whoever asks."""
    wish = _wish(model, conversation)
    if not wish.model:
        wish = _Wish(_fallback(providers[0]), providers[0].pk)
    rows = {row.provider_id: row for row in _NAMED.all(wish.model)}
    provider = _at(providers, wish, rows)
    offered = rows.get(provider.pk)
    if offered is not None and offered.hidden and not wish.kept:
        raise Invalid(
            gettext("%(model)s is not offered any more. Please choose another model.") % {"model": wish.model}
        )
    return Choice(provider, wish.model, offered)


def value_of(model: str, provider_id: int | None) -> str:
    """The choice of a model at one provider; without a provider, wherever it is found."""
    return model if provider_id is None else f"@{provider_id}/{model}"


def split(value: str) -> tuple[int | None, str]:
    """The provider's id (None: not said) and the model of a choice."""
    found = _WITH_PROVIDER.fullmatch(value)
    return (int(found[1]), found[2]) if found else (None, value)


def _wish(value: str, conversation: Conversation | None) -> _Wish:
    provider_id, model = split(value)
    if conversation is None or not conversation.model:
        return _Wish(model, provider_id)
    own = conversation.provider_id
    if model in ("", conversation.model) and provider_id in (None, own):
        return _Wish(conversation.model, own, kept=True)
    return _Wish(model, provider_id)


def _at(providers: list[Provider], wish: _Wish, rows: dict[int, OfferedModel]) -> Provider:
    """The provider that was wished for; if it is gone or none was named, the first that offers the model."""
    for provider in providers:
        if provider.pk == wish.provider_id:
            return provider
    offering = [provider for provider in providers if _offers(provider, wish.model, rows.get(provider.pk))]
    visible = [provider for provider in offering if provider.pk not in rows or not rows[provider.pk].hidden]
    if offering:
        return (visible or offering)[0]
    first = providers[0]
    if wish.provider_id is not None or (wish.kept and first.offered.visible().exists()):
        raise NoUpstream(
            gettext(
                "The server that answered with %(model)s is not connected any more, and no other one "
                "offers it. Please choose another model."
            )
            % {"model": wish.model}
        )
    # Some servers list nothing, or not everything that they have.
    return first


def _offers(provider: Provider, model: str, row: OfferedModel | None) -> bool:
    return provider.default_model == model or (row is not None and row.is_offered)


def _fallback(provider: Provider) -> str:
    if model := provider.fallback_model:
        return model
    raise NoUpstream(
        gettext(
            "%(provider)s has not told its models yet. Please name one, or try again in a moment; "
            "an administrator can set DEFAULT_MODEL."
        )
        % {"provider": provider.name}
    )


def _nobody(user: User) -> str:
    if user.is_staff:
        return gettext("No language model is connected. You can add one under Administration → Providers.")
    return gettext(
        "No language model is connected. An administrator can add one under Administration → Providers."
    )
