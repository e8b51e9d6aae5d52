"""Bringing conversations from elsewhere: the form, how far a large file is, and what became of each."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations import importing, rings
from conversations.announcing import announce
from conversations.models import Import
from conversations.refusals import Refusal
from conversations.views.pages import SignedInRequest, chat_page

# Earlier ones that the form's page lists.
SHOWN = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: SignedInRequest) -> HttpResponse:
    """Field `file`. What is small is in when this answers; what is large is read in the background."""
    if request.method != "POST":
        return _form(request)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or file.file is None:
        return _form(request, _("Please choose a file first."), 400)
    try:
        brought = importing.receive(request.user, file.file, file.name or "", file.size or 0)
    except Refusal as refusal:
        return _form(request, refusal.detail, refusal.http_status)
    if brought.is_open:
        sentence = _("The file is here and is being read. Large ones take some minutes.")
    else:
        sentence = importing.sentence(brought)
        announce(rings.after_import(request.user))
    messages.info(request, sentence, extra_tags=brought.get_absolute_url())
    response = redirect("history")
    response.status_code = 303
    return response


@login_required
@require_GET
def show_import(request: SignedInRequest, import_id: uuid.UUID) -> HttpResponse:
    brought = _mine(request, import_id)
    said = importing.sentence(brought)
    return chat_page(request, "conversations/import.html", brought=brought, sentence=said)


@login_required
@require_POST
def stop_import(request: SignedInRequest, import_id: uuid.UUID) -> HttpResponse:
    brought = _mine(request, import_id)
    importing.stop(request.user, brought)
    response = redirect(brought)
    response.status_code = 303
    return response


def _mine(request: SignedInRequest, import_id: uuid.UUID) -> Import:
    found = Import.objects.of(request.user).filter(pk=import_id).first()
    if found is None:
        raise Http404(gettext("There is no such import."))
    return found


def _form(request: SignedInRequest, problem: str = "", status: int = 200) -> HttpResponse:
    earlier = Import.objects.of(request.user).order_by("-created_at").defer("problems")[:SHOWN]
    template = "conversations/import_form.html"
    return chat_page(request, template, status=status, problem=problem, earlier=earlier)
