"""Everything I ever asked, newest first, a page at a time; the archive and the trash are lists like it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from conversations import listing, sidebar, trash
from conversations.listing import Filters
from conversations.models import Tag
from conversations.models.prepared import Prepared
from conversations.models.status import Status
from conversations.views.pages import SignedInRequest, chat_page

# Tags that are offered to choose from; others can be typed.
MOST_TAGS = 200

_TAGS = Prepared(lambda user: Tag.objects.of(User(pk=user)).order_by("name").values("name")[:MOST_TAGS], int)


@login_required
@require_GET
def history(request: SignedInRequest) -> HttpResponse:
    """`?after=` and `?before=` go on from a row; the names in `filters_of` narrow the list.

    A script that looks again gets the rows alone: what is said only once is for a page.
    """
    filters = filters_of(request.GET)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    side = sidebar.newest(request.user)
    if filters == Filters() and not (after or before):
        # The sidebar begins with the same rows.
        page, pinned = listing.first(side.rows, listing.PAGE), side.pinned
    else:
        page = listing.page(request.user, filters, after=after, before=before)
        is_first = not (after or before)
        pinned = listing.pinned(request.user, filters) if side.pinned and is_first else []
    tags = _TAGS.rows(request.user.pk)
    listed: dict[str, Any] = {
        "page": page,
        "pinned": pinned,
        "nothing": not (page.rows or pinned),
        "tags_on": Tag.objects.on([row.id for row in (*pinned, *page.rows)]) if tags else {},
        "filters": filters,
        "kept": _kept(request.GET),
        "address": _without(request.GET, "rename").urlencode(),
        "renaming": _id(request.GET.get("rename", "")),
    }
    if request.headers.get("X-Requested-With") == "fetch":
        return render(request, "conversations/_history_rows.html", listed)
    return chat_page(
        request,
        "conversations/history.html",
        sidebar=side,
        tags=tags,
        outcomes=(Status.COMPLETE, Status.STOPPED, Status.INTERRUPTED, Status.FAILED),
        retention=trash.retention(),
        **listed,
    )


@login_required
@require_GET
def sidebar_entries(request: SignedInRequest) -> HttpResponse:
    """The next rows of the sidebar, for a page that has scrolled to its end."""
    rows = sidebar.newest(request.user, request.GET.get("after", ""))
    return render(request, "conversations/_entries.html", {"sidebar": rows})


def filters_of(query: QueryDict) -> Filters:
    """What of an address makes sense; the rest is as if it were not there."""
    place = next((name for name in ("trash", "archived") if query.get(name)), "")
    status = query.get("status", "")
    return Filters(
        place=place,
        status=status if status in Status.values else "",
        model=_text(query, "model"),
        tag=_text(query, "tag"),
        words=_text(query, "q"),
        since=_day(query.get("from", "")),
        until=_day(query.get("to", "")),
    )


def _text(query: QueryDict, name: str) -> str:
    return query.get(name, "").replace("\0", "").strip()[:200]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _kept(query: QueryDict) -> str:
    """The address's own filters, for links to the neighbouring pages."""
    kept = _without(query, "after", "before", "rename")
    return f"&{kept.urlencode()}" if kept else ""


def _without(query: QueryDict, *names: str) -> QueryDict:
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
