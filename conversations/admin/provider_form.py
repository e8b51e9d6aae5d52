"""The form for a provider: secrets go in and never come out, parameters are fields of their own."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from conversations.models import Provider
from conversations.models.headers import BadHeaders, Headers, typed_headers
from conversations.parameters import EFFORTS, NAMES, BadParameters, as_text, clean_parameters
from conversations.retelling import retold

if TYPE_CHECKING:
    ProviderModelForm = forms.ModelForm[Provider]
else:
    ProviderModelForm = forms.ModelForm


class UnrepeatedTextarea(forms.Textarea):
    """A text that a page never shows again, not even in a form that comes back with mistakes."""

    def format_value(self, value: Any) -> str:
        return ""


class ParameterFields(forms.Form):
    """One field for each of the parameters, named like it; see conversations/parameters.py."""

    temperature = forms.CharField(
        label=_("Temperature"), required=False, max_length=40, help_text=_("0 to 2; 0 is the least random")
    )
    max_tokens = forms.CharField(
        label=_("Longest answer"),
        required=False,
        max_length=40,
        help_text=_("max_tokens, reasoning included"),
    )
    top_p = forms.CharField(label=_("Top p"), required=False, max_length=40, help_text=_("0 to 1"))
    stop = forms.CharField(
        label=_("Stop sequences"),
        required=False,
        max_length=1000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One in each line, at most four; \\n is a line break"),
    )
    seed = forms.CharField(label=_("Seed"), required=False, max_length=40)
    reasoning_effort = forms.ChoiceField(
        label=_("Reasoning effort"),
        required=False,
        choices=[("", _("as the model does by itself")), *((name, name) for name in EFFORTS)],
    )


class ProviderForm(ParameterFields, ProviderModelForm):
    new_key = forms.RegexField(
        regex=r"^[\x21-\x7e]+$",
        label=_("API key"),
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_(
            "Stored encrypted and never shown again. Empty: the stored key stays, "
            "unless the address changes to another server."
        ),
        error_messages={"invalid": _("A key has no spaces and no special letters.")},
    )
    forget_key = forms.BooleanField(label=_("Remove the stored key"), required=False)
    new_headers = forms.CharField(
        label=_("Extra headers"),
        required=False,
        max_length=20_000,
        widget=UnrepeatedTextarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "One in each line, such as <code>api-key: your-key</code>. What you write here takes the "
            "place of all stored ones. Values are stored encrypted and never shown again. Empty: they stay, "
            "unless the address changes to another server."
        ),
    )
    forget_headers = forms.BooleanField(label=_("Remove the stored headers"), required=False)

    class Meta:
        model = Provider
        fields = (
            "name",
            "base_url",
            "default_model",
            "enabled",
            "stream_options",
            "developer_role",
            "max_completion_tokens",
            "continuation",
        )
        widgets = {"base_url": forms.TextInput(attrs={"class": "vTextField", "inputmode": "url"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in NAMES:
            self.initial.setdefault(name, as_text(self.instance.parameters.get(name)))

    def clean_new_headers(self) -> Headers:
        try:
            return typed_headers(self.cleaned_data["new_headers"])
        except BadHeaders as error:
            raise ValidationError(retold(str(error))) from error

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        try:
            cleaned["parameters"] = clean_parameters({name: cleaned.get(name) for name in NAMES})
        except BadParameters as error:
            for name, sentence in error.problems.items():
                self.add_error(name, retold(sentence))
        return cleaned

    def _post_clean(self) -> None:
        # Before the instance is checked and saved, so that every path through the form treats secrets alike.
        super()._post_clean()  # type: ignore[misc]
        if "parameters" in self.cleaned_data:
            self.instance.parameters = self.cleaned_data["parameters"]
        # Fields that are declared above are in every form, also where the page does not show them.
        if self.instance.kind == Provider.Kind.CONFIGURED:
            self._enter_secrets()

    def _enter_secrets(self) -> None:
        said = self.cleaned_data
        if said.get("new_key") or said.get("forget_key"):
            self.instance.enter_key(said.get("new_key", ""))
        if said.get("new_headers") or said.get("forget_headers"):
            self.instance.enter_headers(said.get("new_headers") or ())
