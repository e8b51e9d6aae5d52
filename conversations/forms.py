"""The forms: the composer as a browser without JavaScript sends it, and the first account's."""

import uuid
from typing import Any

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import User

from conversations.limits import MAX_MESSAGE_BYTES


class ComposerForm(forms.Form):
    """Bound after a refusal, so that what was typed stands in the box again."""

    max_bytes = MAX_MESSAGE_BYTES

    message = forms.CharField(
        strip=False,
        widget=forms.Textarea(attrs={"rows": 1}),
        error_messages={"required": "Please write a message first."},
    )
    # Room for the longest id, and for the provider's before it; see conversations/offers.py.
    model = forms.CharField(required=False, max_length=230)
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    system_prompt = forms.CharField(required=False, strip=False, widget=forms.Textarea)
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("client_id", uuid.uuid4())
        super().__init__(*args, **kwargs)


class SetupForm(BaseUserCreationForm):  # type: ignore[type-arg]
    """Name and password of the first account, which may do everything."""

    class Meta(BaseUserCreationForm.Meta):
        model = User
        fields = ("username",)
