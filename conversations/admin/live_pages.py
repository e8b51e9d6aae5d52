"""The live board as a page, and the one thing that can be done there: to stop a running answer."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from conversations import live_board, sending
from conversations.admin.site import may_see_usage
from conversations.announcing import announce_stop
from conversations.audit import Kind, record
from conversations.metering import Meter
from conversations.models import Generation
from conversations.models.status import RUNNING

RIGHT_TO_STOP = "conversations.change_generation"


@require_safe
def live_page(request: HttpRequest) -> HttpResponse:
    """As it is at this moment; the page's script keeps it so."""
    if not may_see_usage(request):
        raise PermissionDenied
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": gettext("Live board"),
        "board": live_board.look(Meter()),
        "may_stop": request.user.has_perm(RIGHT_TO_STOP),
    }
    return TemplateResponse(request, "admin/live.html", context)


@require_POST
def live_stop(request: HttpRequest) -> HttpResponse:
    """Stops one running answer, as its person would; the audit log says who did."""
    if not isinstance(request.user, User) or not request.user.has_perm(RIGHT_TO_STOP):
        raise PermissionDenied
    row = _running(request.POST.get("generation", ""))
    if row is None or row.conversation is None or row.message_id is None:
        messages.warning(request, gettext("This answer has ended already."))
        return redirect("admin:live")
    announce_stop(sending.stop(row.conversation.owner, row.conversation.pk, row.message_id))
    record(Kind.STOP, request.user, about=f"{row.user_name}: request {row.pk}")
    said = gettext("The answer for %(person)s was asked to stop.") % {"person": row.user_name}
    messages.success(request, said)
    return redirect("admin:live")


def _running(generation_id: str) -> Generation | None:
    try:
        wanted = UUID(generation_id)
    except ValueError:
        return None
    rows = Generation.objects.filter(pk=wanted, status__in=RUNNING)
    return rows.select_related("conversation__owner").first()
