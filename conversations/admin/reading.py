"""Reading a person's conversation: with a reason, for half an hour, logged, before its owner's eyes."""

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from conversations.audit import open_for_reading
from conversations.models import Conversation, Reading

RIGHT = "conversations.read_conversations"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need to read this conversation?"),
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        error_messages={
            "required": _("Please say why."),
            "min_length": _("Please say why in a sentence that its owner will understand."),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def read_conversation(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Asks for a reason; with one that still holds, shows the conversation as it is."""
    if not isinstance(request.user, User) or not request.user.has_perm(RIGHT):
        raise PermissionDenied
    conversation = Conversation.objects.filter(pk=conversation_id).select_related("owner").first()
    if conversation is None:
        raise Http404(gettext("There is no such conversation."))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        open_for_reading(request.user, conversation, form.cleaned_data["reason"])
        return redirect("admin:read_conversation", conversation_id)
    reading = Reading.objects.open_to(request.user).filter(conversation=conversation).newest_first().first()
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": gettext("Read a conversation"),
        "conversation": conversation,
        "form": form,
        "reading": reading,
        # Not even read from the database without a reason.
        "thread": conversation.thread() if reading else [],
    }
    status = 400 if form.is_bound and not form.is_valid() else 200
    return TemplateResponse(request, "admin/reading.html", context, status=status)
