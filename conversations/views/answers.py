"""What can be done with an answer, by plain forms: stop, retry, regenerate, continue, show its branch."""

import uuid
from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from conversations import sending
from conversations.announcing import announce_sent, announce_shown, announce_stop
from conversations.refusals import NotFound, Refusal
from conversations.views.conversation import mine_or_404, see_other, show
from conversations.views.pages import SignedInRequest

Verb = Callable[..., sending.Sent]


@login_required
@require_POST
def stop_message(request: SignedInRequest, conversation_id: uuid.UUID, message_id: uuid.UUID) -> HttpResponse:
    try:
        stopping = sending.stop(request.user, conversation_id, message_id)
    except NotFound as refusal:
        raise Http404(refusal.detail) from refusal
    announce_stop(stopping)
    return see_other(mine_or_404(request, conversation_id), message_id)


@login_required
@require_POST
def retry_message(
    request: SignedInRequest, conversation_id: uuid.UUID, message_id: uuid.UUID
) -> HttpResponse:
    return _ask(request, sending.retry, conversation_id, message_id)


@login_required
@require_POST
def regenerate_message(
    request: SignedInRequest, conversation_id: uuid.UUID, message_id: uuid.UUID
) -> HttpResponse:
    return _ask(request, sending.regenerate, conversation_id, message_id)


@login_required
@require_POST
def continue_message(
    request: SignedInRequest, conversation_id: uuid.UUID, message_id: uuid.UUID
) -> HttpResponse:
    return _ask(request, sending.continue_answer, conversation_id, message_id)


@login_required
@require_POST
def show_message(request: SignedInRequest, conversation_id: uuid.UUID, message_id: uuid.UUID) -> HttpResponse:
    """Shows the branch on which this message stands."""
    try:
        shown = sending.show_branch(request.user, conversation_id, message_id)
    except NotFound as refusal:
        raise Http404(refusal.detail) from refusal
    announce_shown(shown)
    return see_other(mine_or_404(request, conversation_id), message_id)


def _ask(
    request: SignedInRequest, verb: Verb, conversation_id: uuid.UUID, message_id: uuid.UUID
) -> HttpResponse:
    mine = mine_or_404(request, conversation_id)
    client_id = uuid.uuid4()
    # Wider than any model's id: what is unknown is refused in words.
    model = request.POST.get("model", "")[:300]
    try:
        sent = verb(request.user, mine.id, message_id, client_id=client_id, model=model)
    except NotFound as refusal:
        raise Http404(refusal.detail) from refusal
    except Refusal as refusal:
        return show(request, mine, status=refusal.http_status, refusal=refusal)
    announce_sent(sent, client_id)
    return see_other(mine, sent.answer.id)
