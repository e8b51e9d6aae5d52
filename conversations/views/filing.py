"""Putting conversations in order: one form for one or many of them, with or without a script."""

import json
import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from conversations import filing, trash, undo
from conversations.announcing import announce_filed, announce_stop
from conversations.models import Conversation
from conversations.refusals import Invalid, NotFound, Refusal
from conversations.undo import Undo
from conversations.views.pages import SignedInRequest, chat_page

# More than anybody ticks by hand.
MOST = 500

Verb = Callable[[User, list[uuid.UUID], str], None]


def _put_into_trash(user: User, ids: list[uuid.UUID], tag: str) -> None:
    for stopping in trash.put(user, ids):
        announce_stop(stopping)


# The verb, what it does, and what takes it back.
VERBS: dict[str, tuple[Verb, str]] = {
    "pin": (lambda user, ids, tag: filing.pin(user, ids), "unpin"),
    "unpin": (lambda user, ids, tag: filing.unpin(user, ids), "pin"),
    "archive": (lambda user, ids, tag: filing.archive(user, ids), "unarchive"),
    "unarchive": (lambda user, ids, tag: filing.unarchive(user, ids), "archive"),
    "read": (lambda user, ids, tag: filing.mark_read(user, ids), "unread"),
    "unread": (lambda user, ids, tag: filing.mark_unread(user, ids), "read"),
    "tag": (filing.tag, "untag"),
    "untag": (filing.untag, "tag"),
    "trash": (_put_into_trash, "restore"),
    "restore": (lambda user, ids, tag: trash.restore(user, ids), "trash"),
}


@login_required
@require_POST
def file_conversations(request: SignedInRequest) -> HttpResponse:
    """Fields: `verb`, `conversation` (once for each), `tag` where the verb needs one, `next`."""
    verb, tag = request.POST.get("verb", ""), request.POST.get("tag", "")
    try:
        ids = _asked_for(request)
        if verb == "delete":
            return _deleted(request, ids)
        if verb not in VERBS:
            raise Invalid(_("There is nothing to do by that name."))
        does, opposite = VERBS[verb]
        does(request.user, ids, tag)
    except Refusal as refusal:
        return _refused(request, refusal)
    back = Undo(_sentence(verb, len(ids)), opposite, [str(each) for each in ids], tag.strip())
    return _done(request, back, announce_filed(request.user, ids))


@login_required
@require_POST
def rename_conversation(request: SignedInRequest, conversation_id: uuid.UUID) -> HttpResponse:
    try:
        filing.rename(request.user, conversation_id, request.POST.get("title", ""))
    except NotFound as refusal:
        raise Http404(refusal.detail) from refusal
    except Refusal as refusal:
        return _refused(request, refusal)
    return _done(request, Undo(_("Renamed.")), announce_filed(request.user, [conversation_id]))


@login_required
@require_POST
def empty_trash(request: SignedInRequest) -> HttpResponse:
    number = trash.empty(request.user)
    return _done(request, Undo(_sentence("delete", number)), [])


def _asked_for(request: SignedInRequest) -> list[uuid.UUID]:
    """The ids that are this person's. Raises Invalid; Http404 if none of them is."""
    named = request.POST.getlist("conversation")
    if not named:
        raise Invalid(_("Please choose at least one conversation."))
    if len(named) > MOST:
        raise Invalid(_("Please choose at most %(most)s conversations at once.") % {"most": MOST})
    try:
        asked = [uuid.UUID(each) for each in named]
    except ValueError as error:
        raise Http404(_("There is no such conversation.")) from error
    mine = Conversation.objects.of(request.user, with_trash=True).filter(pk__in=asked)
    ids = list(mine.values_list("pk", flat=True))
    if not ids:
        raise Http404(_("There is no such conversation."))
    return ids


def _deleted(request: SignedInRequest, ids: list[uuid.UUID]) -> HttpResponse:
    return _done(request, Undo(_sentence("delete", trash.delete(request.user, ids))), [])


def _sentence(verb: str, number: int) -> str:
    sentences = {
        "pin": ngettext("Pinned.", "%(number)s conversations pinned.", number),
        "unpin": ngettext("Not pinned any more.", "%(number)s conversations not pinned any more.", number),
        "archive": ngettext("Archived.", "%(number)s conversations archived.", number),
        "unarchive": ngettext("Back from the archive.", "%(number)s back from the archive.", number),
        "read": ngettext("Marked as read.", "%(number)s marked as read.", number),
        "unread": ngettext("Marked as unread.", "%(number)s marked as unread.", number),
        "tag": ngettext("Tagged.", "%(number)s conversations tagged.", number),
        "untag": ngettext("Tag taken off.", "Tag taken off %(number)s conversations.", number),
        "trash": ngettext("Moved to the trash.", "%(number)s conversations moved to the trash.", number),
        "restore": ngettext("Taken out of the trash.", "%(number)s taken out of the trash.", number),
        "delete": ngettext("Deleted for good.", "%(number)s conversations deleted for good.", number),
    }
    return sentences[verb] % {"number": number}


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _done(request: SignedInRequest, done: Undo, frames: list[str]) -> HttpResponse:
    if _wants_json(request):
        answer: dict[str, Any] = {**asdict(done), "changed": [json.loads(frame) for frame in frames]}
        return JsonResponse(answer)
    undo.remember(request, done)
    response = redirect(_next(request))
    response.status_code = 303
    return response


def _refused(request: SignedInRequest, refusal: Refusal) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"code": refusal.code, "detail": refusal.detail}, status=refusal.http_status)
    status = refusal.http_status
    return chat_page(
        request, "conversations/refused.html", status=status, refusal=refusal, next=_next(request)
    )


def _next(request: HttpRequest) -> str:
    """Where the form was; only within this site."""
    asked = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if asked and here else reverse("history")
