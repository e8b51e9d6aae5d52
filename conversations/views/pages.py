"""What every page of the chat shows beside its own subject."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from conversations import picker, sidebar, undo
from conversations.about import about
from conversations.forms import ComposerForm
from conversations.models import (
    Budget,
    Conversation,
    Draft,
    ModelAccess,
    ModelPrice,
    Preference,
    Provider,
    QueuedMessage,
    Reading,
)
from conversations.models.occupied import rows_known
from conversations.offers import split, usable
from conversations.picker import Picker


class SignedInRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User


Page = Callable[..., HttpResponse]
# Tables that most servers leave empty, of which a page asks.
SELDOM_USED = (Budget, Draft, ModelAccess, ModelPrice, QueuedMessage, Reading)


@rows_known(*SELDOM_USED)
def chat_page(
    request: SignedInRequest,
    template: str,
    *,
    composer: ComposerForm | None = None,
    conversation: Conversation | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Renders a page with sidebar, composer and model picker, which shows what `conversation` has."""
    providers = usable()
    shared = {
        "sidebar": context.get("sidebar") or sidebar.newest(request.user),
        "undo": undo.take(request),
        "preference": Preference.objects.for_user(request.user),
        # Pages without a composer do not ask for these two.
        "composer": SimpleLazyObject(
            lambda: with_defaults(composer or ComposerForm(), request.user, conversation, providers=providers)
        ),
        "draft": "",
        "conversation": conversation,
        "picker": SimpleLazyObject(lambda: _picker(request, providers, composer, conversation)),
        "demo": bool(providers) and providers[0].kind == Provider.Kind.LOCAL,
    }
    return render(request, template, {**shared, **context}, status=status)


def _picker(
    request: SignedInRequest,
    providers: list[Provider],
    composer: ComposerForm | None,
    conversation: Conversation | None,
) -> Picker:
    """What was chosen in a form that comes back, else what the conversation has, else the default."""
    everything = "all" in request.GET
    has = (conversation.provider_id, conversation.model) if conversation is not None else None
    said = split(str(composer.data.get("model") or "")) if composer is not None else (None, "")
    if said[1] and (has is None or said not in (has, (None, has[1]))):
        return picker.build(request.user, providers, said, everything=everything)
    return picker.build(request.user, providers, has, kept=bool(has and has[1]), everything=everything)


def with_defaults(
    form: ComposerForm,
    user: User,
    conversation: Conversation | None,
    *,
    model: str = "",
    providers: list[Provider] | None = None,
) -> ComposerForm:
    """Lets empty fields show what holds then, with `model` or with what the form has chosen."""
    known = about(user, model or str(form.data.get("model") or ""), conversation, providers)
    form.show_defaults(known.defaults, known.instructions, known.facts)
    form.scale = known.scale
    return form
