"""Models beyond those that a page carries, for its picker."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from conversations import picker
from conversations.access import allowed
from conversations.forms import ComposerForm
from conversations.models import Conversation
from conversations.views.pages import SignedInRequest, with_defaults


@login_required
@require_GET
def find_models(request: SignedInRequest) -> JsonResponse:
    """`?q=` words of a name, `?after=` the `next` of the answer before; fifty at a time."""
    found, following = picker.search(
        request.GET.get("q", "")[:200], request.GET.get("after", ""), may_use=allowed(request.user)
    )
    response = JsonResponse({"models": found, "next": following})
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_GET
def about_model(request: SignedInRequest) -> JsonResponse:
    """`?model=` a choice, `&conversation=` where it would answer: facts, and what empty fields stand for."""
    conversation = None
    if wanted := request.GET.get("conversation", ""):
        try:
            conversation = get_object_or_404(Conversation.objects.of(request.user), pk=uuid.UUID(wanted))
        except ValueError as error:
            raise Http404 from error
    form = with_defaults(ComposerForm(), request.user, conversation, model=request.GET.get("model", "")[:230])
    told = {"facts": form.facts, "defaults": form.shown_defaults, "scale": form.scale.as_dict()}
    response = JsonResponse(told)
    response["Cache-Control"] = "private, no-store"
    return response
