"""Form fields are rendered once, and are those that Django would have rendered."""

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy, override

from conversations.widgets import KeptWidgets


class Form(forms.Form):
    name = forms.CharField(
        help_text="Any.", widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Search")})
    )
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", gettext_lazy("Search"))])
    text = forms.CharField(widget=forms.Textarea, required=False)


def test_the_second_time_as_well_as_the_first_a_field_is_as_django_makes_it() -> None:
    kept, plain = KeptWidgets(), DjangoTemplates()
    for data in (None, {"name": "<b>", "kind": "b"}, {"name": "", "kind": "x", "text": "x" * 3000}):
        for language in ("en", "de", "en"):
            with override(language):
                shown = [str(Form(data, renderer=renderer)) for renderer in (kept, kept, plain)]
            assert shown[0] == shown[1] == shown[2]
    assert "x" * 3000 not in str(kept._kept), "long texts are not kept"
