"""Everything I ever asked, newest first, a page at a time."""

import base64
import binascii
import uuid
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from conversations import sidebar
from conversations.models import Conversation
from conversations.models.conversation import ConversationQuerySet
from conversations.models.status import Status
from conversations.views.pages import SignedInRequest, chat_page

PAGE = 30


@login_required
@require_GET
def history(request: SignedInRequest) -> HttpResponse:
    """`?after=` goes on after a row, not at an offset: nothing is skipped when the list changes."""
    mine = Conversation.objects.of(request.user)
    if words := request.GET.get("q", "").strip()[:200]:
        mine = mine.filter(title__icontains=words.replace("\0", ""))
    status = request.GET.get("status", "")
    if status in Status.values:
        mine = mine.filter(messages__status=status, messages__role="assistant").distinct()
    rows = list(sidebar.with_running(_after(mine, request.GET.get("after", ""))).newest_first()[: PAGE + 1])
    page, more = rows[:PAGE], len(rows) > PAGE
    return chat_page(
        request,
        "conversations/history.html",
        page=page,
        next_cursor=_cursor(page[-1]) if more else "",
        words=words,
        chosen_status=status,
    )


def _cursor(row: Conversation) -> str:
    return base64.urlsafe_b64encode(f"{row.updated_at.isoformat()} {row.id.hex}".encode()).decode()


def _after(rows: ConversationQuerySet, cursor: str) -> ConversationQuerySet:
    """The rows behind the cursor; all of them where it makes no sense."""
    try:
        moment, row_id = base64.urlsafe_b64decode(cursor.encode()).decode().split(" ")
        at, last = datetime.fromisoformat(moment), uuid.UUID(row_id)
    except (ValueError, binascii.Error):
        return rows
    if at.tzinfo is None:
        return rows
    return rows.filter(Q(updated_at__lt=at) | Q(updated_at=at, id__lt=last))
