"""The keys that do something. This list is shown to people, and the page's scripts know no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from conversations.models import Preference

# As people know the keys that DOM events call otherwise.
_CAPS: dict[str, Any] = {
    "Escape": _("Esc"),
    "Control": _("Ctrl"),
    "Shift": _("Shift"),
    "Delete": _("Delete"),
    "Meta": "⌘",
    "ArrowUp": "↑",
}


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A chord is `key` of a DOM event, after the modifiers that are held with it: `Control+Enter`."""

    name: str
    words: str | Promise
    chords: tuple[str, ...]
    # Can be switched off.
    optional: bool = False
    # Only for whoever prefers Enter to do this.
    enter: str = ""

    @property
    def shown(self) -> list[list[Any]]:
        return [[_CAPS.get(key, key) for key in chord.split("+")] for chord in self.chords]


@dataclass(frozen=True, slots=True)
class Group:
    words: str | Promise
    shortcuts: tuple[Shortcut, ...]


_SENDS, _BREAKS = Preference.Enter.SENDS.value, Preference.Enter.BREAKS.value
_WITH_CONTROL = ("Control+Enter", "Meta+Enter")

GROUPS = (
    Group(
        _("Anywhere"),
        (
            Shortcut("stop", _("Stop the running answer"), ("Escape",), optional=True),
            Shortcut("help", _("Show these keys"), ("?",), optional=True),
        ),
    ),
    Group(
        _("In the box"),
        (
            Shortcut("send", _("Send"), ("Enter", *_WITH_CONTROL), enter=_SENDS),
            Shortcut("send", _("Send"), _WITH_CONTROL, enter=_BREAKS),
            Shortcut("newline", _("New line"), ("Shift+Enter",), enter=_SENDS),
            Shortcut("newline", _("New line"), ("Enter", "Shift+Enter"), enter=_BREAKS),
            Shortcut("prompts", _("Look for a saved prompt, in the empty box"), ("/",), optional=True),
            Shortcut(
                "edit", _("Change my last message, while the box is empty"), ("ArrowUp",), optional=True
            ),
        ),
    ),
    Group(
        _("In the list of conversations"),
        (
            Shortcut("rename", _("Rename"), ("F2",)),
            Shortcut("trash", _("Move to the trash"), ("Delete",)),
        ),
    ),
)


def every() -> Iterable[Shortcut]:
    return (shortcut for group in GROUPS for shortcut in group.shortcuts)
