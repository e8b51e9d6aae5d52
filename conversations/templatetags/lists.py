"""What the templates ask about lists of conversations: the groups of their ages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from conversations.models import Conversation

register = template.Library()


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """`key` names it for the script: `pinned`, `today`, `yesterday`, `week` or a month such as `2026-03`."""

    key: str
    name: str
    entries: list[Conversation]


@register.simple_tag
def by_age(conversations: Iterable[Conversation], column: str = "updated_at") -> list[AgeGroup]:
    """Rows in the order of that column, under the names of their ages."""
    today = timezone.localdate()

    def age(row: Conversation) -> tuple[str, str]:
        return _age(timezone.localdate(getattr(row, column)), today)

    return [AgeGroup(key, name, list(rows)) for (key, name), rows in groupby(conversations, key=age)]


@register.simple_tag
def pinned_group(conversations: list[Conversation]) -> AgeGroup:
    return AgeGroup("pinned", _("Pinned"), conversations)


def _age(day: date, today: date) -> tuple[str, str]:
    days = (today - day).days
    if days < 1:
        return "today", _("Today")
    if days == 1:
        return "yesterday", _("Yesterday")
    if day > today - timedelta(days=7):
        return "week", _("Last 7 days")
    return day.strftime("%Y-%m"), date_format(day, "F Y")


@register.simple_tag
def undo_fields(undo: Any) -> list[tuple[str, str]]:
    """The fields of the form that takes back what was done."""
    return [("verb", undo.verb), ("tag", undo.tag), *(("conversation", each) for each in undo.ids)]
