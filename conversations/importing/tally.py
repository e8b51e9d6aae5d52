"""What became of the conversations in a file, counted, and in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations.models import Import
from conversations.retelling import retold

# Reasons that are kept; a file with more of them is not an export.
MOST_PROBLEMS = 200
_NAMED = 3
COUNTS = ("added", "grown", "known", "skipped")


@dataclass(slots=True)
class Tally:
    """`grown`: there already, but shorter; what was new in it came in."""

    added: int = 0
    grown: int = 0
    known: int = 0
    skipped: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)

    def skip(self, what: str, reason: str) -> None:
        self.skipped += 1
        self.problems.append((what, reason))

    def add(self, other: "Tally") -> None:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.problems += other.problems

    def add_to(self, counted: Import) -> dict[str, Any]:
        """The fields of the row after this."""
        for name in COUNTS:
            setattr(counted, name, getattr(counted, name) + getattr(self, name))
        counted.problems = [*counted.problems, *self.problems][:MOST_PROBLEMS]
        return {name: getattr(counted, name) for name in (*COUNTS, "problems")}


def sentence(done: Import) -> str:
    """How many came in, were there already and were skipped, and why."""
    parts = [
        ngettext("%(n)s conversation came in", "%(n)s conversations came in", done.added) % {"n": done.added},
        ngettext("%(n)s was there already", "%(n)s were there already", done.known) % {"n": done.known},
        ngettext("%(n)s was skipped", "%(n)s were skipped", done.skipped) % {"n": done.skipped},
    ]
    if done.grown:
        grown = ngettext("%(n)s has grown", "%(n)s have grown", done.grown) % {"n": done.grown}
        parts.insert(1, grown)
    return ", ".join(parts) + _reasons(done.problems)


def _reasons(problems: Sequence[Sequence[str]]) -> str:
    if not problems:
        return "."
    named = "; ".join(f"{what}: {_why(reason)}" for what, reason in problems[:_NAMED])
    more = len(problems) - _NAMED
    others = _(" and %(n)s more") % {"n": more} if more > 0 else ""
    return f" ({named}{others})."


def _why(reason: str) -> str:
    """It was written down in English, by whichever process read the file."""
    return retold(reason).rstrip(".。")
