"""What the templates ask about lists of conversations: the groups of their ages."""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conversations.listing import Entry
from conversations.search.excerpts import Piece

register = template.Library()

_HIDDEN = mark_safe(" hidden")
# Seconds for which a moment is so and so long ago.
_FRESH = 86_400
_MARKED = "<mark>%s</mark>"
_TIME = '<time datetime="{}" title="{}">{}</time>'
_CURRENT = mark_safe(' aria-current="page"')


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """`key` names it for the script: `pinned`, `today`, `yesterday`, `week` or a month such as `2026-03`."""

    key: str
    name: str
    entries: list[Entry]


@register.simple_tag
def by_age(entries: Iterable[Entry], column: str = "updated_at") -> list[AgeGroup]:
    """Rows in the order of that column, under the names of their ages."""
    zone, today = timezone.get_current_timezone(), timezone.localdate()
    groups: list[AgeGroup] = []
    for entry in entries:
        day = getattr(entry, column).astimezone(zone).date()
        key = _age(day, today)
        if not groups or groups[-1].key != key:
            groups.append(AgeGroup(key, _name(key, day), []))
        groups[-1].entries.append(entry)
    return groups


@register.simple_tag
def pinned_group(entries: list[Entry]) -> AgeGroup:
    return AgeGroup("pinned", _("Pinned"), entries)


def _age(day: date, today: date) -> str:
    days = (today - day).days
    if days < 1:
        return "today"
    if days == 1:
        return "yesterday"
    return "week" if days < 7 else f"{day.year:04}-{day.month:02}"


def _name(key: str, day: date) -> str:
    names = {"today": _("Today"), "yesterday": _("Yesterday"), "week": _("Last 7 days")}
    return names.get(key) or date_format(day, _("F Y"))


# When it changed, its address, its id; whether it is shown; its title; whether it is read, and idle.
_ROW = (
    '<li class="entry-row" data-updated="%s">'
    '<a class="entry" href="%s" data-conversation="%s"%s>'
    '<span class="entry__title" dir="auto">%s</span>'
    '<span class="entry__unread"%s><span class="visually-hidden">{}</span></span>'
    '<span class="entry__running"%s><span class="visually-hidden">{}</span></span></a>'
    '<button class="icon-button icon-button--small entry__more" type="button" data-more hidden '
    'aria-haspopup="menu" aria-label="{}"><span class="icon icon--more" aria-hidden="true"></span>'
    "</button></li>"
)


@register.simple_tag(takes_context=True)
def entry_rows(context: Context, entries: Iterable[Entry]) -> SafeString:
    """The sidebar's rows. Every page has fifty of them: a template for each would take most of its time."""
    row = _row(_("(unread)"), _("(answering)"), _("Actions"))
    shown = getattr(context.get("conversation"), "id", None)
    return mark_safe("".join([row % _entry(entry, shown) for entry in entries]))  # noqa: S308 (titles are escaped)


@register.simple_tag
def empty_entry() -> SafeString:
    """A row without a conversation, for the script to fill in."""
    row = _row(_("(unread)"), _("(answering)"), _("Actions"))
    return mark_safe(row % ("", "", "", "", "", _HIDDEN, _HIDDEN))  # noqa: S308 (our own words)


@lru_cache(maxsize=16)
def _row(*words: str) -> str:
    """The row in a language."""
    return _ROW.format(*(escape(word).replace("%", "%%") for word in words))


def _entry(entry: Entry, shown: Any) -> tuple[str, ...]:
    is_shown, entry_id = entry.id == shown, str(entry.id)
    return (
        entry.updated_at.isoformat(),
        # reverse() for each of fifty would cost a millisecond.
        f"/conversations/{entry_id}/",
        entry_id,
        _CURRENT if is_shown else "",
        html.escape(entry.title),
        "" if entry.unread and not is_shown else _HIDDEN,
        "" if entry.running else _HIDDEN,
    )


@register.simple_tag
def marked(pieces: Iterable[Piece]) -> SafeString:
    """A line of a result, with the words that matched marked."""
    shown = [
        _MARKED % html.escape(piece.text) if piece.marked else html.escape(piece.text) for piece in pieces
    ]
    return mark_safe("".join(shown) or html.escape(_("Untitled")))  # noqa: S308 (escaped, each of them)


@register.filter
def ago(moment: datetime) -> SafeString:
    """How long ago, beyond a day the date; with the exact time at hand."""
    at = timezone.localtime(moment)
    fresh = (timezone.now() - moment).total_seconds() < _FRESH
    words = naturaltime(moment) if fresh else _day(get_language() or "", at.date())
    return format_html(_TIME, at.isoformat(), f"{at:%Y-%m-%d %H:%M}", words)


@lru_cache(maxsize=4096)
def _day(language: str, day: date) -> str:
    """Django takes its time with each, and lists are full of them."""
    return date_format(day)


@register.simple_tag
def undo_fields(undo: Any) -> list[tuple[str, str]]:
    """The fields of the form that takes back what was done."""
    return [("verb", undo.verb), ("tag", undo.tag), *(("conversation", each) for each in undo.ids)]
