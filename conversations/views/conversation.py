"""The conversation page, and asking and stopping by plain forms."""

import uuid

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from conversations import filing, opening, sending
from conversations.announcing import announce_filed, announce_queued, announce_sent, announce_shown
from conversations.drafts import draft_of
from conversations.forms import ComposerForm
from conversations.models import Conversation, Message, QueuedMessage
from conversations.models.occupied import has_rows, rows_known
from conversations.models.prepared import PreparedObjects
from conversations.refusals import Refusal
from conversations.turns import branch
from conversations.views.pages import SELDOM_USED, SignedInRequest, chat_page, with_defaults

_MINE = PreparedObjects(
    Conversation, lambda user, pk: Conversation.objects.of(User(pk=user)).filter(pk=pk), int, uuid.UUID
)


@login_required
@require_GET
def new_conversation(request: SignedInRequest) -> HttpResponse:
    return chat_page(request, "conversations/new.html", draft=draft_of(request.user, None))


@login_required
@require_POST
def create_conversation(request: SignedInRequest) -> HttpResponse:
    """Makes the conversation and its first answer; on a refusal the page returns with the text in the box."""
    form = ComposerForm(request.POST)
    if not form.is_valid():
        return chat_page(request, "conversations/new.html", composer=form, status=400)
    asked = form.cleaned_data
    try:
        sent = sending.start_conversation(
            request.user,
            content=asked["message"],
            client_id=asked["client_id"],
            model=asked["model"],
            system_prompt=asked["system_prompt"],
            parameters=form.parameters,
        )
    except Refusal as refusal:
        return _refused(request, form, refusal)
    announce_sent(sent, asked["client_id"])
    return see_other(sent.conversation)


@login_required
@require_GET
def conversation(request: SignedInRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """`?edit=` puts a message of mine into the composer, in whose place the new one is to stand; `?m=` shows
    the branch that a message is on."""
    mine = mine_or_404(request, conversation_id)
    asked_for = _message_id(request.GET.get("m", ""))
    if asked_for and (shown := opening.lead_to(mine, asked_for)):
        announce_shown(shown)
    if mine.unread:
        filing.mark_read(request.user, [mine.id])
        announce_filed(request.user, [mine.id])
    return show(request, mine, _editing(mine, request.GET.get("edit", "")))


@login_required
@require_POST
def send_message(request: SignedInRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Asks in a conversation without a socket; with `queue`, as soon as what runs there has ended."""
    mine = mine_or_404(request, conversation_id)
    form = ComposerForm(request.POST)
    if not form.is_valid():
        return show(request, mine, form, status=400)
    # As they stood on the page when Send was pressed.
    form.apply_to(mine)
    asked = form.cleaned_data
    client_id = asked["client_id"] or uuid.uuid4()
    try:
        if asked["queue"]:
            queued = sending.queue(
                request.user, mine.id, content=asked["message"], client_id=client_id, model=asked["model"]
            )
            announce_queued(mine.id, queued, client_id)
            return see_other(mine)
        sent = sending.send(
            request.user,
            mine.id,
            content=asked["message"],
            client_id=client_id,
            parent_id=asked["parent"],
            edits=asked["edits"],
            model=asked["model"],
        )
    except Refusal as refusal:
        return _refused(request, form, refusal, mine)
    announce_sent(sent, client_id)
    return see_other(mine)


@login_required
@require_POST
def save_parameters(request: SignedInRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """For the answers to come. What stands in the box stays there; a script asks for the panel alone."""
    mine = mine_or_404(request, conversation_id)
    form = ComposerForm(request.POST)
    form.fields["message"].required = False
    saved = form.is_valid()
    if saved:
        form.apply_to(mine)
    status = 200 if saved else 400
    if request.headers.get("X-Requested-With") == "fetch":
        shown = ComposerForm(initial=form.of(mine)) if saved else form
        with_defaults(shown, request.user, mine, model=form.data.get("model", ""))
        panel = {"composer": shown, "conversation": mine, "saved": saved, "open": True}
        return render(request, "conversations/_parameters.html", panel, status=status)
    if saved and not form.cleaned_data["message"].strip():
        return see_other(mine)
    return show(request, mine, form, status=status)


def _editing(mine: Conversation, message_id: str) -> ComposerForm | None:
    try:
        edited = mine.messages.filter(id=message_id, role=Message.Role.USER).first() if message_id else None
    except ValidationError:
        return None
    if edited is None:
        return None
    return ComposerForm(initial={**ComposerForm.of(mine), "message": edited.content, "edits": edited.id})


def _message_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def mine_or_404(request: SignedInRequest, conversation_id: uuid.UUID) -> Conversation:
    """This person's conversation; someone else's is not found, like one that does not exist."""
    found = _MINE.first(request.user.pk, conversation_id)
    if found is None:
        raise Http404(gettext("There is no such conversation."))
    return found


@rows_known(*SELDOM_USED)
def show(
    request: SignedInRequest,
    mine: Conversation,
    form: ComposerForm | None = None,
    *,
    status: int = 200,
    refusal: Refusal | None = None,
) -> HttpResponse:
    thread = branch(mine)
    running = next((turn for turn in thread if turn.is_running), None)
    return chat_page(
        request,
        "conversations/show.html",
        composer=form or ComposerForm(initial=ComposerForm.of(mine)),
        status=status,
        conversation=mine,
        thread=thread,
        articles=mark_safe("".join(turn.html for turn in thread)),  # noqa: S308 (rendered templates)
        leaf=thread[-1].id if thread else None,
        running=running,
        refusal=refusal,
        queued=mine.queued.in_order() if has_rows(QueuedMessage) else [],
        draft=draft_of(request.user, mine),
    )


def _refused(
    request: SignedInRequest, form: ComposerForm, refusal: Refusal, mine: Conversation | None = None
) -> HttpResponse:
    """The same page with the reason, and with the text that was typed still in the box."""
    form.add_error("message", refusal.detail)
    if mine is not None:
        return show(request, mine, form, status=refusal.http_status)
    return chat_page(request, "conversations/new.html", composer=form, status=refusal.http_status)


def see_other(shown: Conversation, message_id: uuid.UUID | None = None) -> HttpResponse:
    """To the conversation's page, and there to a message."""
    response = redirect(shown.get_absolute_url() + (f"#m-{message_id}" if message_id else ""))
    response.status_code = 303
    return response
