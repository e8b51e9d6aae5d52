"""Which part of the ledger: what the address of the usage page and of its files asks for."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone

from conversations.models import Generation
from conversations.models.generation import GenerationQuerySet

# The model as asked for: that is what people choose. A row that asked for none has the answer's.
MODEL = Coalesce(NullIf(F("model_requested"), Value("")), F("model_answered"))

# Name in the address → (column of the ledger, column of the rollups).
FILTERS = {
    "user": ("user_name", "user_name"),
    "provider": ("provider_name", "provider_name"),
    "model": ("asked_model", "model"),
    "purpose": ("purpose", "purpose"),
    "status": ("status", "status"),
}


@dataclass(frozen=True)
class Selection:
    """Rows asked for from the day `since` to the day `until` (both included, in settings.TIME_ZONE)."""

    since: date | None = None
    until: date | None = None
    user: str = ""
    group: str = ""
    provider: str = ""
    model: str = ""
    purpose: str = ""
    status: str = ""

    def rows(self) -> GenerationQuerySet:
        """These rows of the ledger, each with `asked_model`."""
        rows = Generation.objects.annotate(asked_model=MODEL)
        if self.since:
            rows = rows.filter(created_at__gte=midnight(self.since))
        if self.until:
            rows = rows.filter(created_at__lt=midnight(self.until + timedelta(days=1)))
        if self.group:
            rows = rows.filter(user_name__in=self.members)
        return rows.filter(**{FILTERS[name][0]: value for name, value in self.narrowed.items()})

    @property
    def narrowed(self) -> dict[str, str]:
        """The filters that are set, without days and group."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}

    @cached_property
    def members(self) -> list[str]:
        """The names of the people who are in the group now."""
        return list(User.objects.filter(groups__name=self.group).values_list("username", flat=True))

    def query(self, **other: Any) -> str:
        """The address's query for this selection, with some of it replaced; empty values are left out."""
        values: dict[str, Any] = {
            "from": self.since,
            "to": self.until,
            "user": self.user,
            "group": self.group,
        }
        values |= {name: getattr(self, name) for name in ("provider", "model", "purpose", "status")} | other
        return urlencode({name: str(value) for name, value in values.items() if value})

    def before(self) -> "Selection | None":
        """The same for as many days before; None where no first day is asked for."""
        if self.since is None:
            return None
        days = ((self.until or timezone.localdate()) - self.since).days + 1
        if days < 1:
            return None
        changed = {"since": self.since - timedelta(days=days), "until": self.since - timedelta(days=1)}
        return Selection(**{**self._fields(), **changed})

    def _fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
