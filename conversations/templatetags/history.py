"""The rows of /history/. A page has dozens of them: a template for each would take most of its time."""

from collections.abc import Iterable
from html import escape
from urllib.parse import quote
from uuid import UUID

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from conversations.listing import Entry
from conversations.templatetags.lists import ago

register = template.Library()

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
    return mark_safe("".join([page.row(entry) for entry in entries]))  # noqa: S308 (each value is escaped)


class _Page:
    """What its rows have in common, looked up once. Every value of a row is escaped where it is read."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._in_trash = context["filters"].place == "trash"
        self._renaming: UUID | None = context["renaming"]
        self._tags: dict[UUID, list[str]] = context["tags_on"]
        self._history = reverse("history")
        self._address = escape(context["address"])
        self._choose, self._untitled, self._rename_word, self._running, self._unread = (
            escape(words) for words in (_("Choose"), _("Untitled"), _("Rename"), _("answering"), _("unread"))
        )

    def row(self, entry: Entry) -> str:
        title = escape(entry.title) or self._untitled
        return _ROW.format(
            id=entry.id,
            choose=self._choose,
            title=title,
            heading=_NO_LINK.format(title) if self._in_trash else _LINK.format(entry.id, title),
            mark=self._mark(entry),
            when=self._when(entry),
            model=_MODEL.format(escape(entry.model)) if entry.model else "",
            tags=self._tagged(entry),
            rename=self._rename(entry),
        )

    def _mark(self, entry: Entry) -> str:
        if entry.running:
            return _RUNNING.format(self._running)
        return _UNREAD.format(self._unread) if entry.unread else ""

    def _when(self, entry: Entry) -> str:
        if self._in_trash and entry.trashed_at:
            thrown = _("thrown away")
            return f"<span>{escape(thrown)} {ago(entry.trashed_at)}</span>"
        return ago(entry.updated_at)

    def _tagged(self, entry: Entry) -> str:
        names = self._tags.get(entry.id, ())
        return "".join([_TAG.format(self._history, quote(name), escape(name)) for name in names])

    def _rename(self, entry: Entry) -> str:
        if self._in_trash:
            return ""
        if entry.id == self._renaming:
            form = {"row": entry, "address": self._context["address"]}
            return render_to_string("conversations/_history_rename.html", form, self._context["request"])
        return _RENAME.format(entry.id, self._address, self._rename_word, escape(entry.title))
