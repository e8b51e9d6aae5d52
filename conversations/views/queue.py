"""Messages that wait for the running answer, and drafts, by plain forms and for pages without a socket."""

import uuid
from collections.abc import Callable, Iterable

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from conversations import rings, sending
from conversations.announcing import announce
from conversations.drafts import save_draft
from conversations.refusals import NotFound, Refusal
from conversations.rings import Ring
from conversations.views.conversation import mine_or_404, see_other, show
from conversations.views.pages import SignedInRequest


@login_required
@require_POST
def edit_queued(request: SignedInRequest, conversation_id: uuid.UUID, client_id: uuid.UUID) -> HttpResponse:
    def edit() -> Iterable[Ring]:
        content = request.POST.get("content", "")
        sending.edit_queued(request.user, conversation_id, client_id, content)
        return rings.after_change_of_queue(conversation_id)

    return _change(request, conversation_id, edit)


@login_required
@require_POST
def remove_queued(request: SignedInRequest, conversation_id: uuid.UUID, client_id: uuid.UUID) -> HttpResponse:
    def remove() -> Iterable[Ring]:
        sending.remove_queued(request.user, conversation_id, client_id)
        return rings.after_change_of_queue(conversation_id)

    return _change(request, conversation_id, remove)


@login_required
@require_POST
def send_queued(request: SignedInRequest, conversation_id: uuid.UUID, client_id: uuid.UUID) -> HttpResponse:
    def send() -> Iterable[Ring]:
        return rings.after_advance(sending.send_queued(request.user, conversation_id, client_id))

    return _change(request, conversation_id, send)


@login_required
@require_POST
def draft(request: SignedInRequest, conversation_id: uuid.UUID | None = None) -> HttpResponse:
    """Keeps what is typed; for the new-conversation page where no conversation is named."""
    try:
        save_draft(request.user, conversation_id, request.POST.get("content", ""))
    except NotFound as refusal:
        raise Http404(refusal.detail) from refusal
    except Refusal as refusal:
        return HttpResponse(refusal.detail, status=refusal.http_status, content_type="text/plain")
    if conversation_id is not None:
        announce(rings.after_typing(conversation_id))
    return HttpResponse(status=204)


def _change(
    request: SignedInRequest, conversation_id: uuid.UUID, verb: Callable[[], Iterable[Ring]]
) -> HttpResponse:
    mine = mine_or_404(request, conversation_id)
    try:
        announce(verb())
    except Refusal as refusal:
        return show(request, mine, status=refusal.http_status, refusal=refusal)
    return see_other(mine)
