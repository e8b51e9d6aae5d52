"""Two variants of an answer (or of a question) beside each other."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from conversations.comparing import Piece, compare
from conversations.models import Conversation, Generation, Message
from conversations.present import up_to_now
from conversations.views.conversation import mine_or_404
from conversations.views.pages import SignedInRequest, chat_page


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. `name`: of the field that chooses it; `costs`: one for each currency."""

    name: str
    message: Message
    place: int
    pieces: Sequence[Piece]
    costs: list[tuple[str, str]]


@login_required
@require_GET
def compare_variants(request: SignedInRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """`?a=` and `?b=` name two messages in one place of the conversation."""
    mine = mine_or_404(request, conversation_id)
    first, second = _message(mine, request.GET.get("a", "")), _message(mine, request.GET.get("b", ""))
    if first.parent_id != second.parent_id:
        raise Http404(gettext("These messages do not stand in the same place."))
    found = compare(first.content, second.content)
    sides = [_side("a", first, found.first), _side("b", second, found.second)]
    return chat_page(
        request,
        "conversations/compare.html",
        conversation=mine,
        sides=sides,
        variants=list(enumerate(first.variants, start=1)),
        alike=round(found.alike * 100),
        identical=first.content == second.content,
    )


def _message(mine: Conversation, message_id: str) -> Message:
    try:
        found = mine.messages.filter(pk=uuid.UUID(message_id)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404(gettext("There is no such message in this conversation."))
    return up_to_now(found)


def _side(name: str, message: Message, pieces: Sequence[Piece]) -> Side:
    spent = Generation.objects.filter(message=message, cost__isnull=False)
    costs = [
        (format(row["sum"].normalize(), "f"), row["currency"])
        for row in spent.order_by("currency").values("currency").annotate(sum=Sum("cost"))
    ]
    return Side(name, message, message.variants.index(message.id) + 1, pieces, costs)
