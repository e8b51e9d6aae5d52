"""Models beyond those that a page carries, for its picker."""

from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.views.decorators.http import require_GET

from conversations import picker
from conversations.access import allowed
from conversations.views.pages import SignedInRequest


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
