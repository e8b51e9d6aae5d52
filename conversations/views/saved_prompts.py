"""My saved prompts: the list, adding, changing and removing by plain forms, and finding one from the box."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations import saved_prompts, undo
from conversations.forms import SavedPromptForm
from conversations.models import SavedPrompt
from conversations.refusals import NotFound, Refusal
from conversations.undo import Undo
from conversations.views.pages import SignedInRequest, chat_page

# Longer than anything that is a search.
_MAX_QUERY = 200


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def prompts(request: SignedInRequest) -> HttpResponse:
    """The list; a POST adds one. A message, or what is typed in the composer, can be its beginning."""
    begun = _begun(request)
    if begun is not None:
        return _page(request, SavedPromptForm(initial=saved_prompts.suggested(begun)), 200)
    form = SavedPromptForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                saved_prompts.add(request.user, form.cleaned_data)
                return _done(request, _("Saved."))
            except Refusal as refusal:
                form.add_error(None, refusal.detail)
                status = refusal.http_status
    return _page(request, form, status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def prompt(request: SignedInRequest, prompt_id: int) -> HttpResponse:
    mine = _mine_or_404(request, prompt_id)
    asked = request.method == "POST"
    form = SavedPromptForm(request.POST if asked else None, initial={"name": mine.name, "text": mine.text})
    if not asked or not form.is_valid():
        return _page(request, form, 400 if asked else 200, mine)
    saved_prompts.change(request.user, prompt_id, form.cleaned_data)
    return _done(request, _("Saved."))


@login_required
@require_POST
def remove_prompt(request: SignedInRequest, prompt_id: int) -> HttpResponse:
    try:
        saved_prompts.remove(request.user, prompt_id)
    except NotFound as error:
        raise Http404(error.detail) from error
    return _done(request, _("Removed."))


@login_required
@require_GET
def find_prompts(request: SignedInRequest) -> HttpResponse:
    """What the box's list shows for `q`: a part of a page."""
    found = saved_prompts.find(request.user, request.GET.get("q", "")[:_MAX_QUERY])
    return render(request, "conversations/_found_prompts.html", {"found": found})


@login_required
@require_GET
def prompt_text(request: SignedInRequest, prompt_id: int) -> HttpResponse:
    response = HttpResponse(_mine_or_404(request, prompt_id).text, content_type="text/plain; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _begun(request: SignedInRequest) -> str | None:
    if request.method == "POST":
        # From the composer, whose box has this name; the form of this page has another.
        return request.POST.get("message")
    if "message" not in request.GET:
        return None
    try:
        return saved_prompts.asked_in(request.user, UUID(request.GET["message"]))
    except (ValueError, NotFound) as error:
        raise Http404(str(error)) from error


def _mine_or_404(request: SignedInRequest, prompt_id: int) -> SavedPrompt:
    try:
        return saved_prompts.mine(request.user, prompt_id)
    except NotFound as error:
        raise Http404(error.detail) from error


def _page(
    request: SignedInRequest, form: SavedPromptForm, status: int, changed: SavedPrompt | None = None
) -> HttpResponse:
    listed = [] if changed else saved_prompts.listed(request.user)
    template = "conversations/prompts.html"
    return chat_page(request, template, status=status, form=form, changed=changed, prompts=listed)


def _done(request: SignedInRequest, sentence: str) -> HttpResponse:
    undo.remember(request, Undo(sentence))
    response = redirect("prompts")
    response.status_code = 303
    return response
