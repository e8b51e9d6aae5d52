"""How somebody wants the page to behave; the keys stand there too."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conversations import undo
from conversations.forms import PreferenceForm
from conversations.models import Preference
from conversations.undo import Undo
from conversations.views.pages import SignedInRequest, chat_page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedInRequest) -> HttpResponse:
    """A script that has saved needs no page."""
    asked = request.method == "POST"
    form = PreferenceForm(request.POST if asked else None)
    if not asked or not form.is_valid():
        return chat_page(request, "conversations/preferences.html", status=400 if asked else 200, form=form)
    Preference.objects.update_or_create(user=request.user, defaults=form.chosen)
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    undo.remember(request, Undo(_("Saved.")))
    response = redirect("preferences")
    response.status_code = 303
    return response
