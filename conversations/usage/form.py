"""Reads the address of the usage page and of its files: filters, unit of time, dimensions to cross."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy, gettext_noop

from conversations.models import Generation
from conversations.models.status import Status
from conversations.usage.selection import Selection

_BOUNDS = (MinValueValidator(date(1990, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
_DAY_ERRORS = {"invalid": gettext_lazy("Please write a day as 2026-11-21.")}
UNITS = {
    "day": gettext_noop("Days"), "week": gettext_noop("Weeks"), "month": gettext_noop("Months"),
    "year": gettext_noop("Years"),
}  # fmt: skip
# What can be crossed with what; the pivot's rows and columns.
CROSSED = {
    "user": gettext_noop("Person"), "group": gettext_noop("Group"), "provider": gettext_noop("Provider"),
    "model": gettext_noop("Model"), "purpose": gettext_noop("Purpose"), "status": gettext_noop("Outcome"),
    "day": gettext_noop("Day"), "week": gettext_noop("Week"), "month": gettext_noop("Month"),
}  # fmt: skip
# The title of a crossed table: "Person by outcome".
BY = {
    "user": gettext_noop("by person"), "group": gettext_noop("by group"),
    "provider": gettext_noop("by provider"), "model": gettext_noop("by model"),
    "purpose": gettext_noop("by purpose"), "status": gettext_noop("by outcome"),
    "day": gettext_noop("by day"), "week": gettext_noop("by week"), "month": gettext_noop("by month"),
}  # fmt: skip
MEASURES = {
    "total": gettext_noop("Tokens"), "requests": gettext_noop("Requests"), "cost": gettext_noop("Cost"),
}  # fmt: skip

_ONE_OF = gettext_lazy("Please choose one of: {words}.")


def _day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=gettext_lazy(label),
        required=False,
        input_formats=["%Y-%m-%d"],
        validators=_BOUNDS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DAY_ERRORS,
    )


def _text_field(label: str, longest: int, options: str) -> forms.CharField:
    """A box with suggestions from the page's list `options`."""
    widget = forms.TextInput(attrs={"list": options})
    return forms.CharField(label=gettext_lazy(label), required=False, max_length=longest, widget=widget)


def _choice_field(label: str, choices: Any, none: str) -> forms.ChoiceField:
    listed = list(choices)
    words = ", ".join(value for value, _ in listed)
    return forms.ChoiceField(
        label=gettext_lazy(label),
        required=False,
        choices=[(value, gettext_lazy(name)) for value, name in (("", none), *listed)],
        error_messages={"invalid_choice": format_lazy(_ONE_OF, words=words)},
    )


class UsageForm(forms.Form):
    """Every name in the address that is not here is left alone."""

    since = _day_field(gettext_noop("From"))
    until = _day_field(gettext_noop("To"))
    user = _text_field(gettext_noop("Person"), 150, "usage-people")
    group = _text_field(gettext_noop("Group"), 150, "usage-groups")
    provider = _text_field(gettext_noop("Provider"), 80, "usage-providers")
    model = _text_field(gettext_noop("Model"), 200, "usage-models")
    purpose = _choice_field(gettext_noop("Purpose"), Generation.Purpose.choices, gettext_noop("All"))
    status = _choice_field(gettext_noop("Outcome"), Status.choices, gettext_noop("All"))
    by = _choice_field(gettext_noop("Chart by"), UNITS.items(), gettext_noop("As fits"))
    rows = _choice_field(gettext_noop("Cross"), CROSSED.items(), gettext_noop("Nothing"))
    columns = _choice_field(gettext_noop("with"), CROSSED.items(), gettext_noop("Nothing"))
    measure = _choice_field(gettext_noop("counting"), MEASURES.items(), gettext_noop("Tokens"))

    # How the page shows it; everything else says which rows.
    SHOWN = ("by", "rows", "columns", "measure")

    def add_prefix(self, field_name: str) -> str:
        # `from` is a word of Python's and cannot be an attribute.
        return {"since": "from", "until": "to"}.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("The last day lies before the first."))
        if cleaned.get("rows") and cleaned.get("rows") == cleaned.get("columns"):
            self.add_error("columns", gettext("Please choose two different things to cross."))
        return cleaned

    def selection(self) -> Selection:
        """What a valid form asks for."""
        return Selection(**{k: v for k, v in self.cleaned_data.items() if k not in self.SHOWN})

    def shown(self) -> dict[str, str]:
        """How a valid form asks to see it; what is empty is left out."""
        return {name: value for name in self.SHOWN if (value := self.cleaned_data[name])}

    def sentences(self) -> list[str]:
        """What is wrong, a sentence each, with the field's name."""
        return [
            f"{self.fields[name].label}: {message}"
            for name, messages in self.errors.items()
            for message in messages
        ]
