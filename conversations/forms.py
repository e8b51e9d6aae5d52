"""The forms: the composer as a browser without JavaScript sends it, and the first account's."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import BaseUserCreationForm
from django.contrib.auth.models import User
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations import parameters
from conversations.limits import MAX_MESSAGE_BYTES, printable
from conversations.models import Conversation, Preference, SavedPrompt
from conversations.retelling import retold
from conversations.saved_prompts import MAX_TEXT_BYTES
from conversations.weighing import NEUTRAL

INSTRUCTIONS = _("For example: answer briefly, and say when you are not sure.")


def _typed(label: Any, **attrs: str) -> forms.CharField:
    """A parameter as text: conversations/parameters.py reads it, and what was typed stays if it cannot."""
    return forms.CharField(
        label=label, required=False, widget=forms.TextInput(attrs=attrs | {"autocomplete": "off"})
    )


class ParametersForm(forms.Form):
    """What a conversation asks of its model. A field that is not sent leaves its value as it is."""

    system_prompt = forms.CharField(
        label=_("Instructions"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    temperature = _typed(_("Temperature"), inputmode="decimal")
    max_tokens = _typed(_("Max tokens"), inputmode="numeric")
    top_p = _typed(_("Top p"), inputmode="decimal")
    seed = _typed(_("Seed"), inputmode="numeric")
    reasoning_effort = forms.CharField(label=_("Reasoning effort"), required=False, widget=forms.Select)
    stop = forms.CharField(
        label=_("Stop sequences"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One in each line, at most four; \\n stands for a line break."),
    )

    def clean_system_prompt(self) -> str:
        prompt = printable(self.cleaned_data["system_prompt"]).replace("\r\n", "\n")
        if len(prompt.encode()) > MAX_MESSAGE_BYTES:
            limit = MAX_MESSAGE_BYTES // 1024
            raise forms.ValidationError(
                gettext("These instructions are too long: the limit is %(limit)s KB.") % {"limit": limit}
            )
        return prompt

    def clean(self) -> None:
        """Fills `parameters` with those that are set."""
        self.parameters: dict[str, Any] = {}
        typed = {name: self.cleaned_data[name] for name in parameters.NAMES if name in self.cleaned_data}
        try:
            self.parameters = parameters.clean_parameters(typed)
        except parameters.BadParameters as bad:
            for name, sentence in bad.problems.items():
                self.add_error(name, retold(sentence))

    @staticmethod
    def of(conversation: Conversation) -> dict[str, str]:
        """The values of the fields in a conversation."""
        texts = {name: parameters.as_text(value) for name, value in conversation.parameters.items()}
        return {**texts, "system_prompt": conversation.system_prompt}

    def apply_to(self, conversation: Conversation) -> None:
        """Saves what was sent; answers that exist keep theirs."""
        kept = {name: value for name, value in conversation.parameters.items() if name not in self.data}
        conversation.parameters = parameters.merged(kept, self.parameters)
        if "system_prompt" in self.data:
            conversation.system_prompt = self.cleaned_data["system_prompt"]
        Conversation.objects.filter(pk=conversation.pk).update(
            parameters=conversation.parameters, system_prompt=conversation.system_prompt
        )

    def show_defaults(self, defaults: Mapping[str, Any], instructions: str = "", facts: str = "") -> None:
        """Lets each empty field show what holds as long as it is empty; `facts`: of the chosen model."""
        self.facts = facts
        self.shown_defaults = {"system_prompt": instructions or str(INSTRUCTIONS)}
        for name in parameters.NAMES:
            default = parameters.as_text(defaults.get(name))
            words = gettext("Default: %(value)s") % {"value": default} if default else gettext("Default")
            self.shown_defaults[name] = words
        for name, words in self.shown_defaults.items():
            widget = self.fields[name].widget
            if isinstance(widget, forms.Select):
                widget.choices = [("", words), *((effort, effort) for effort in parameters.EFFORTS)]
            else:
                widget.attrs["placeholder"] = words

    @property
    def parameter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ParametersForm.base_fields]

    @property
    def shown(self) -> str:
        """All that its fields show, equal where that is the same; "" of a form that was sent."""
        if self.is_bound:
            return ""
        values = {name: self.get_initial_for_field(field, name) for name, field in self.fields.items()
                  if name in ParametersForm.base_fields}  # fmt: skip
        return repr((values, self.shown_defaults))

    @property
    def has_bad_parameters(self) -> bool:
        return self.is_bound and any(field.errors for field in self.parameter_fields)

    @property
    def set_fields(self) -> str:
        """The labels of the fields that are not empty: what differs from the defaults."""
        return ", ".join(
            str(field.label) for field in self.parameter_fields if str(field.value() or "").strip()
        )


class ComposerForm(ParametersForm):
    """Bound after a refusal, so that what was typed stands in the box again."""

    max_bytes = MAX_MESSAGE_BYTES
    # Of the chosen model; a page that shows the form fills it in.
    scale = NEUTRAL

    message = forms.CharField(
        strip=False,
        widget=forms.Textarea(attrs={"rows": 1}),
        error_messages={"required": _("Please write a message first.")},
    )
    # Room for the longest id, and for the provider's before it; see conversations/offers.py.
    model = forms.CharField(required=False, max_length=230)
    client_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)
    edits = forms.UUIDField(required=False, widget=forms.HiddenInput)
    queue = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("client_id", uuid.uuid4())
        super().__init__(*args, **kwargs)
        self.show_defaults({})

    @property
    def was_typed(self) -> bool:
        """Whether a form brought back what stands in the box."""
        return self["message"].value() is not None

    @property
    def problems(self) -> list[str]:
        """What is to be said above the box; what is wrong with a parameter stands beside its field."""
        own = [name for name in self.errors if name not in ParametersForm.base_fields]
        problems = [str(sentence) for name in own for sentence in self.errors[name]]
        if self.has_bad_parameters:
            problems.append(gettext("Please look at the values under “Model and instructions”."))
        return problems


class PreferenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """How the page behaves; what is not ticked is off."""

    class Meta:
        model = Preference
        fields = ("enter", "shortcuts", "spoken")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["spoken"].required = False

    @property
    def chosen(self) -> dict[str, Any]:
        """What a page that does not know a choice leaves out stays as it is."""
        return {name: value for name, value in self.cleaned_data.items() if value != ""}


class SavedPromptForm(forms.ModelForm):  # type: ignore[type-arg]
    text = forms.CharField(
        label=_("Text"), strip=False, widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"})
    )

    class Meta:
        model = SavedPrompt
        fields = ("name", "text")
        labels: ClassVar = {"name": _("Name")}
        widgets: ClassVar = {"name": forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})}

    def clean_name(self) -> str:
        return printable(self.cleaned_data["name"])

    def clean_text(self) -> str:
        text = printable(self.cleaned_data["text"]).replace("\r\n", "\n")
        if not text.strip():
            raise forms.ValidationError(gettext("Please write a text."))
        size = len(text.encode())
        if size > MAX_TEXT_BYTES:
            sizes = {"size": -(-size // 1024), "limit": MAX_TEXT_BYTES // 1024}
            raise forms.ValidationError(
                gettext("This text is too long: %(size)s KB. The limit is %(limit)s KB.") % sizes
            )
        return text


class SetupForm(BaseUserCreationForm):  # type: ignore[type-arg]
    """Name and password of the first account, which may do everything."""

    class Meta(BaseUserCreationForm.Meta):
        model = User
        fields = ("username",)
