"""What every page of the chat shows beside its own subject."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conversations import sidebar, undo
from conversations.forms import ComposerForm
from conversations.models import OfferedModel, Provider


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User


Page = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class ModelChoice:
    id: str
    provider: str
    selected: bool


def chat_page(
    request: SignedInRequest,
    template: str,
    *,
    composer: ComposerForm | None = None,
    selected: str = "",
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Renders a page with sidebar, composer and model picker; `selected` is the model picked in it."""
    providers = list(Provider.objects.usable())
    default = providers[0] if providers else None
    selected = selected or (default.fallback_model if default else "")
    shared = {
        "sidebar": sidebar.newest(request.user),
        "undo": undo.take(request),
        "composer": composer or ComposerForm(),
        "model_choices": model_choices(providers, selected),
        "demo": default is not None and default.kind == Provider.Kind.LOCAL,
    }
    return render(request, template, {**shared, **context}, status=status)


def model_choices(providers: list[Provider], selected: str) -> list[ModelChoice]:
    """Every model once, the default provider's first; the selected one even if no server lists it."""
    owners: dict[str, str] = {}
    listed = OfferedModel.objects.visible().order_by("position").values_list("provider_id", "model_id")
    for provider in providers:
        if provider.default_model:
            owners.setdefault(provider.default_model, provider.name)
        for owner, model in listed:
            if owner == provider.pk:
                owners.setdefault(model, provider.name)
    if selected:
        owners.setdefault(selected, "")
    return [ModelChoice(model, owner, model == selected) for model, owner in owners.items()]
