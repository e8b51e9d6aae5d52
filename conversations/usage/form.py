"""Reads the address of the usage page and of its files: filters, unit of time, dimensions to cross."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from conversations.models import Generation
from conversations.models.status import Status
from conversations.usage.selection import Selection

_BOUNDS = (MinValueValidator(date(1990, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
_DAY_ERRORS = {"invalid": "Please write a day as 2026-11-21."}
UNITS = {"day": "Days", "week": "Weeks", "month": "Months", "year": "Years"}
# What can be crossed with what; the pivot's rows and columns.
CROSSED = {
    "user": "Person", "group": "Group", "provider": "Provider", "model": "Model", "purpose": "Purpose",
    "status": "Outcome", "day": "Day", "week": "Week", "month": "Month",
}  # fmt: skip
MEASURES = {"total": "Tokens", "requests": "Requests", "cost": "Cost"}


def _day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        validators=_BOUNDS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DAY_ERRORS,
    )


def _text_field(label: str, longest: int, options: str) -> forms.CharField:
    """A box with suggestions from the page's list `options`."""
    widget = forms.TextInput(attrs={"list": options})
    return forms.CharField(label=label, required=False, max_length=longest, widget=widget)


def _choice_field(label: str, choices: Any, none: str) -> forms.ChoiceField:
    listed = list(choices)
    words = ", ".join(value for value, _ in listed)
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", none), *listed],
        error_messages={"invalid_choice": f"Please choose one of: {words}."},
    )


class UsageForm(forms.Form):
    """Every name in the address that is not here is left alone."""

    since = _day_field("From")
    until = _day_field("To")
    user = _text_field("Person", 150, "usage-people")
    group = _text_field("Group", 150, "usage-groups")
    provider = _text_field("Provider", 80, "usage-providers")
    model = _text_field("Model", 200, "usage-models")
    purpose = _choice_field("Purpose", Generation.Purpose.choices, "All")
    status = _choice_field("Outcome", Status.choices, "All")
    by = _choice_field("Chart by", UNITS.items(), "As fits")
    rows = _choice_field("Cross", CROSSED.items(), "Nothing")
    columns = _choice_field("with", CROSSED.items(), "Nothing")
    measure = _choice_field("counting", MEASURES.items(), "Tokens")

    # How the page shows it; everything else says which rows.
    SHOWN = ("by", "rows", "columns", "measure")

    def add_prefix(self, field_name: str) -> str:
        # `from` is a word of Python's and cannot be an attribute.
        return {"since": "from", "until": "to"}.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "The last day lies before the first.")
        if cleaned.get("rows") and cleaned.get("rows") == cleaned.get("columns"):
            self.add_error("columns", "Please choose two different things to cross.")
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
