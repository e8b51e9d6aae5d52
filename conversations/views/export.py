"""Downloads: one conversation, or everything of mine."""

import json
import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from conversations import exports
from conversations.models import Conversation
from conversations.present import up_to_now
from conversations.views.pages import SignedInRequest


@login_required
@require_GET
def export_json(request: SignedInRequest, conversation_id: uuid.UUID) -> HttpResponse:
    mine = _mine(request, conversation_id)
    content = exports.as_json(mine, [up_to_now(message) for message in mine.messages.in_order()])
    return _download(json.dumps(content, ensure_ascii=False, indent=1), "application/json", mine, "json")


@login_required
@require_GET
def message_text(request: SignedInRequest, conversation_id: uuid.UUID, message_id: uuid.UUID) -> HttpResponse:
    """One message as it was written, for Copy: no file is taken away."""
    message = _mine(request, conversation_id).messages.filter(pk=message_id).first()
    if message is None:
        raise Http404(gettext("There is no such message."))
    response = HttpResponse(up_to_now(message).content, content_type="text/plain; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_GET
def export_markdown(request: SignedInRequest, conversation_id: uuid.UUID) -> HttpResponse:
    mine = _mine(request, conversation_id)
    text = exports.as_markdown(mine, [up_to_now(message) for message in mine.thread()])
    return _download(text, "text/markdown; charset=utf-8", mine, "md")


@login_required
@require_GET
def export_page(request: SignedInRequest, conversation_id: uuid.UUID) -> HttpResponse:
    mine = _mine(request, conversation_id)
    page = exports.as_page(mine, [up_to_now(message) for message in mine.thread()])
    return _download(page, "text/html; charset=utf-8", mine, "html")


@login_required
@require_GET
def export_everything(request: SignedInRequest) -> StreamingHttpResponse:
    """A zip file, made while it is sent."""
    response = StreamingHttpResponse(exports.archive(request.user), content_type="application/zip")
    name = f"conversations-{timezone.localdate():%Y-%m-%d}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _mine(request: SignedInRequest, conversation_id: uuid.UUID) -> Conversation:
    found = Conversation.objects.of(request.user).filter(pk=conversation_id).first()
    if found is None:
        raise Http404(gettext("There is no such conversation."))
    return found


def _download(content: str, kind: str, conversation: Conversation, ending: str) -> HttpResponse:
    name = exports.file_name(conversation, ending)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)
