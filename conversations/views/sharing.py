"""Links to snapshots: making them, the list of mine, and the page that others read."""

import uuid
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from conversations import sharing
from conversations.models import Conversation, Share
from conversations.refusals import NotFound, Refusal
from conversations.views.conversation import mine_or_404
from conversations.views.pages import SignedInRequest, chat_page

# Characters of the message with which a link ends, on its form.
SHOWN = 300
DAYS = [
    (1, _("1 day")),
    (7, _("7 days")),
    (30, _("30 days")),
    (365, _("1 year")),
    (0, _("Until I take it back")),
]


class ShareForm(forms.Form):
    title = forms.CharField(label=_("Title, as others see it"), max_length=200, required=False)
    leaf = forms.UUIDField(required=False, widget=forms.HiddenInput)
    needs_sign_in = forms.BooleanField(
        label=_("Only people with an account here"), required=False, initial=True
    )
    with_reasoning = forms.BooleanField(label=_("With the model's reasoning"), required=False)
    with_instructions = forms.BooleanField(label=_("With my instructions to the model"), required=False)
    days = forms.TypedChoiceField(label=_("The link works for"), choices=DAYS, coerce=int, initial=30)

    def wish(self) -> sharing.Wish:
        asked = self.cleaned_data
        names = ("title", "needs_sign_in", "with_reasoning", "with_instructions", "days")
        return sharing.Wish(leaf_id=asked["leaf"], **{name: asked[name] for name in names})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: SignedInRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """`leaf` names the branch, by its last message; without it the one that is shown."""
    mine = mine_or_404(request, conversation_id)
    asked = request.method == "POST"
    form = ShareForm(
        request.POST if asked else None, initial={"title": mine.title, "leaf": request.GET.get("leaf")}
    )
    if not mine.system_prompt.strip():
        del form.fields["with_instructions"]
    refusal = None
    if asked and form.is_valid():
        form.cleaned_data.setdefault("with_instructions", False)
        try:
            made = sharing.share(request.user, mine.id, form.wish())
        except NotFound as error:
            raise Http404(error.detail) from error
        except Refusal as error:
            refusal = error
        else:
            return _see(request, "shares", f"#link-{made.pk}")
    status = refusal.http_status if refusal else 400 if asked else 200
    upto = _beginning(mine, str(form["leaf"].value() or ""))
    context: dict[str, Any] = {"conversation": mine, "form": form, "refusal": refusal, "upto": upto}
    return chat_page(request, "conversations/share_form.html", status=status, **context)


def _beginning(mine: Conversation, leaf: str) -> str:
    """Of the message with which the link is to end; "" where none is named."""
    try:
        named = mine.messages.filter(pk=uuid.UUID(leaf))
    except ValueError:
        return ""
    return (named.values_list("content", flat=True).first() or "")[:SHOWN]


@login_required
@require_GET
def shares(request: SignedInRequest) -> HttpResponse:
    mine = Share.objects.of(request.user).select_related("conversation").defer("turns", "system_prompt")
    listed = [
        (each, request.build_absolute_uri(each.get_absolute_url())) for each in mine.order_by("-created_at")
    ]
    return chat_page(request, "conversations/shares.html", listed=listed)


@login_required
@require_POST
def revoke(request: SignedInRequest, share_id: int) -> HttpResponse:
    try:
        sharing.revoke(request.user, share_id)
    except NotFound as error:
        raise Http404(error.detail) from error
    return _see(request, "shares")


@require_GET
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The page that others read. Taken back, run out or never there: all the same."""
    found = _found(token)
    if found.needs_sign_in and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    context = {"shared": found, "thread": sharing.shown(found)}
    response = render(request, "conversations/shared.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    # Once it is taken back, no cache is to have it.
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def copy(request: SignedInRequest, token: str) -> HttpResponse:
    return _see(request, sharing.copy(request.user, _found(token)).get_absolute_url())


def _found(token: str) -> Share:
    found = sharing.found(token)
    if found is None:
        raise Http404(gettext("There is no such link."))
    return found


def _see(request: HttpRequest, where: str, fragment: str = "") -> HttpResponse:
    response = redirect(where)
    response.status_code = 303
    response["Location"] += fragment
    return response
