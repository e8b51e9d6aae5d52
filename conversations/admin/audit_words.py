"""What the audit log keeps in English, in the reader's language. Names and reasons stay as they are."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from conversations.models import AuditEntry

Kind = AuditEntry.Kind
# What stands in a detail about roles, and nothing else does.
_ROLE_WORDS = {
    "is_active": gettext_noop("may sign in"),
    "is_staff": gettext_noop("may use the administration"),
    "is_superuser": gettext_noop("may do everything"),
    "True": gettext_noop("yes"),
    "False": gettext_noop("no"),
    "groups": gettext_noop("groups"),
    "permissions": gettext_noop("permissions"),
    "add": gettext_noop("added"),
    "remove": gettext_noop("removed"),
    "clear": gettext_noop("taken away"),
    "all": gettext_noop("all"),
    "made as an administrator": gettext_noop("made as an administrator"),
}
# Where our words stand among those of others.
_ABOUT = {
    Kind.FAILURE: (re.compile(r"\(no such account\)"), gettext_noop("(no such account)")),
    Kind.READING: (re.compile(r"conversation (?P<id>\S+)"), gettext_noop("conversation %(id)s")),
    Kind.STOP: (
        re.compile(r"(?P<person>.*): request (?P<id>\d+)", re.DOTALL),
        gettext_noop("%(person)s: request %(id)s"),
    ),
}


def about(entry: AuditEntry) -> str:
    pattern, sentence = _ABOUT.get(Kind(entry.kind), (None, ""))
    found = pattern.fullmatch(entry.about) if pattern else None
    return gettext(sentence) % found.groupdict() if found else entry.about


def detail(entry: AuditEntry) -> str:
    return _in_words(entry.detail, _ROLE_WORDS) if entry.kind == Kind.ROLE else entry.detail


def _in_words(text: str, words: Mapping[str, str]) -> str:
    """In each of its parts, what is a word of ours."""
    if text in words:
        return gettext(words[text])
    return re.sub(r"\w+", lambda found: gettext(words.get(found[0], found[0])), text)
