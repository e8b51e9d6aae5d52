"""Which part of the ledger: the filters of the usage page and of its CSV, read from the address."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from conversations.models import Generation
from conversations.models.generation import GenerationQuerySet
from conversations.models.status import Status

# The model as asked for: that is what people choose. A row that asked for none has the answer's.
MODEL = Coalesce(NullIf(F("model_requested"), Value("")), F("model_answered"))

_BOUNDS = (MinValueValidator(date(1990, 1, 1)), MaxValueValidator(date(2999, 12, 31)))


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows asked for from the day `since` to the day `until` (both included, in the current time zone)."""

    since: date | None = None
    until: date | None = None
    user: str = ""
    model: str = ""
    status: str = ""

    def rows(self) -> GenerationQuerySet:
        """These rows of the ledger, each with `asked_model`."""
        rows = Generation.objects.annotate(asked_model=MODEL)
        if self.since:
            rows = rows.filter(created_at__gte=_midnight(self.since))
        if self.until:
            rows = rows.filter(created_at__lt=_midnight(self.until + timedelta(days=1)))
        wanted = {"user_name": self.user, "asked_model": self.model, "status": self.status}
        return rows.filter(**{column: value for column, value in wanted.items() if value})

    def query(self, **other: Any) -> str:
        """The address's query for this selection, with some of it replaced; empty values are left out."""
        values = {"from": self.since, "to": self.until, "user": self.user}
        values |= {"model": self.model, "status": self.status, **other}
        return urlencode({name: str(value) for name, value in values.items() if value})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def _day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d"],
        validators=_BOUNDS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Please write a day as 2026-11-21."},
    )


class UsageForm(forms.Form):
    """Reads `from`, `to`, `user`, `model` and `status`; every other name in the address is left alone."""

    since = _day_field("From")
    until = _day_field("To")
    user = forms.CharField(label="Person", required=False, max_length=150)
    model = forms.CharField(label="Model", required=False, max_length=200)
    status = forms.ChoiceField(
        label="Outcome",
        required=False,
        choices=[("", "All"), *Status.choices],
        error_messages={"invalid_choice": f"Please choose one of: {', '.join(Status.values)}."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].widget.attrs["list"] = "usage-people"
        self.fields["model"].widget.attrs["list"] = "usage-models"

    def add_prefix(self, field_name: str) -> str:
        # `from` is a word of Python's and cannot be an attribute.
        return {"since": "from", "until": "to"}.get(field_name, field_name)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", "The last day lies before the first.")
        return cleaned

    def selection(self) -> Selection:
        """What a valid form asks for."""
        return Selection(**self.cleaned_data)

    def sentences(self) -> list[str]:
        """What is wrong, a sentence each, with the field's name."""
        return [
            f"{self.fields[name].label}: {message}"
            for name, messages in self.errors.items()
            for message in messages
        ]
