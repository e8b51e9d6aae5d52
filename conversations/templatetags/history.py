"""The rows of /history/. A page has dozens of them: a template for each would take most of its time."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from conversations.listing import Entry
from conversations.templatetags.lists import ago

register = template.Library()

_NOTHING = mark_safe("")
_ROW = (
    '<li class="history__row">'
    '<label class="history__tick"><input type="checkbox" form="filing" name="conversation" value="{id}">'
    '<span class="visually-hidden">{choose} “{title}”</span></label>'
    '<div class="history__what">{heading}<p class="history__facts">{mark}{when}{model}{tags}</p></div>'
    "{rename}</li>"
)
_LINK = '<a class="history__title" dir="auto" href="/conversations/{}/">{}</a>'
_NO_LINK = '<span class="history__title" dir="auto">{}</span>'
_RUNNING = '<span class="entry__running" aria-hidden="true"></span><span>{}</span>'
_UNREAD = '<span class="history__unread">{}</span>'
_MODEL = '<span class="history__model">{}</span>'
_TAG = '<a class="tag" href="{}?tag={}">{}</a>'
_RENAME = (
    '<a class="history__to-rename" href="?rename={}&amp;{}">{}<span class="visually-hidden"> “{}”</span></a>'
)


@register.simple_tag(takes_context=True)
def history_rows(context: Context, entries: Iterable[Entry]) -> SafeString:
    page = _Page(context)
    return format_html_join("", _ROW, (page.row(entry) for entry in entries))


class _Page:
    """What its rows have in common, looked up once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._in_trash = context["filters"].place == "trash"
        self._renaming: UUID | None = context["renaming"]
        self._tags: dict[UUID, list[str]] = context["tags_on"]
        self._history = reverse("history")
        self._words = {
            "choose": _("Choose"),
            "untitled": _("Untitled"),
            "rename": _("Rename"),
            "running": _("answering"),
            "unread": _("unread"),
        }

    def row(self, entry: Entry) -> dict[str, Any]:
        title = entry.title or self._words["untitled"]
        heading = format_html(_NO_LINK, title) if self._in_trash else format_html(_LINK, entry.id, title)
        return {
            "id": entry.id,
            "choose": self._words["choose"],
            "title": title,
            "heading": heading,
            "mark": self._mark(entry),
            "when": self._when(entry),
            "model": format_html(_MODEL, entry.model) if entry.model else _NOTHING,
            "tags": self._tagged(entry),
            "rename": self._rename(entry),
        }

    def _mark(self, entry: Entry) -> SafeString:
        if entry.running:
            return format_html(_RUNNING, self._words["running"])
        return format_html(_UNREAD, self._words["unread"]) if entry.unread else _NOTHING

    def _when(self, entry: Entry) -> SafeString:
        if self._in_trash and entry.trashed_at:
            return format_html("<span>{} {}</span>", _("thrown away"), ago(entry.trashed_at))
        return ago(entry.updated_at)

    def _tagged(self, entry: Entry) -> SafeString:
        names = self._tags.get(entry.id)
        if not names:
            return _NOTHING
        return format_html_join("", _TAG, ((self._history, quote(name), name) for name in names))

    def _rename(self, entry: Entry) -> SafeString:
        if self._in_trash:
            return _NOTHING
        if entry.id == self._renaming:
            form = {"row": entry, "address": self._context["address"]}
            return render_to_string("conversations/_history_rename.html", form, self._context["request"])
        address = escape(self._context["address"])
        return format_html(_RENAME, entry.id, address, self._words["rename"], entry.title)
