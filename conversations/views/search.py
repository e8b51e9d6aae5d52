"""Results of a search: a page of them, or only the list for a page that asks while somebody types."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from conversations.search import search
from conversations.views.pages import SignedInRequest, chat_page


@login_required
@require_GET
def search_page(request: SignedInRequest) -> HttpResponse:
    """`?q=`, `?after=` to go on; with `?part=1` only the results, without the page around them."""
    q = request.GET.get("q", "").strip()
    results = search(request.user, q, request.GET.get("after", ""))
    if request.GET.get("part"):
        return render(request, "conversations/_results.html", {"results": results, "q": q})
    return chat_page(request, "conversations/search.html", results=results, q=q)
