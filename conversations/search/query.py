"""What a person typed into the search box → what is looked for. Whatever it is, it means something."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from django.utils.translation import gettext

from conversations.figures import whole
from conversations.search.words import sought

LONGEST = 1_000
MOST_TERMS = 16

STATUSES = ("complete", "stopped", "interrupted", "failed", "queued", "streaming")
STATES = ("pinned", "archived", "running", "unread")
# Which tiers of the index a role's words stand in.
ROLES = ("user", "assistant")

_PARTS = re.compile(
    r'(?P<name>[A-Za-z]+):(?:"(?P<long>[^"]*)"|(?P<value>[^\s"]+))|"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+)'
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand next to each other; with `prefix` the last one may go on."""

    words: tuple[str, ...]
    prefix: bool = False

    def stands_in(self, words: list[str]) -> bool:
        last = len(self.words) - 1
        return any(
            all(self._fits(words[at + offset], offset, last) for offset in range(last + 1))
            for at in range(len(words) - last)
        )

    def _fits(self, word: str, offset: int, last: int) -> bool:
        wanted = self.words[offset]
        return word.startswith(wanted) if self.prefix and offset == last else word == wanted


@dataclass(frozen=True, slots=True)
class Query:
    """All of it must hold. `after` is included, `before` is not."""

    terms: tuple[Term, ...] = ()
    models: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    statuses: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    after: datetime | None = None
    before: datetime | None = None
    # The last word as it stands, if it may be the beginning of one.
    unfinished: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        filters = (self.terms, self.models, self.tags, self.statuses, self.states, self.roles)
        return not any(filters) and self.after is None and self.before is None

    def widened(self) -> "Query":
        """The same, but the last word may go on."""
        return replace(self, terms=(*self.terms[:-1], replace(self.terms[-1], prefix=True)), unfinished=False)


@dataclass(slots=True)
class _Read:
    terms: list[Term] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    dates: dict[str, datetime] = field(default_factory=dict)
    unfinished: bool = False


def parse(text: str) -> Query:
    """Never fails: an operator that is not known, or says nothing, is a word; a lone quote is nothing."""
    notes = []
    text = re.sub("[\0\ud800-\udfff]", " ", text)
    if len(text) > LONGEST:
        text = text[:LONGEST]
        notes.append(
            gettext("The search is longer than %(most)s characters; the rest was left out.")
            % {"most": whole(LONGEST)}
        )
    read = _Read()
    for part in _PARTS.finditer(text):
        _take(read, part)
    if len(read.terms) > MOST_TERMS:
        notes.append(gettext("Only the first %(most)s words were looked for.") % {"most": MOST_TERMS})
        read.unfinished = False
    return Query(
        terms=tuple(read.terms[:MOST_TERMS]),
        models=tuple(read.names.get("model", ())),
        tags=tuple(read.names.get("tag", ())),
        statuses=frozenset(read.names.get("status", ())),
        states=frozenset(read.names.get("is", ())),
        roles=frozenset(read.names.get("role", ())),
        after=read.dates.get("after"),
        before=read.dates.get("before"),
        unfinished=read.unfinished and text[-1:] not in ('"', "*"),
        notes=tuple(notes),
    )


def _take(read: _Read, part: "re.Match[str]") -> None:
    if part["name"] is not None and _is_operator(
        read, part["name"].lower(), part["long"] or part["value"] or ""
    ):
        read.unfinished = False
        return
    phrase = part["phrase"] if part["phrase"] is not None else part["long"]
    for term in _terms(phrase if phrase is not None else part[0], whole=phrase is not None):
        read.terms.append(term)
        read.unfinished = phrase is None and not term.prefix and len(term.words[-1]) > 1


def _is_operator(read: _Read, name: str, value: str) -> bool:
    known = {"status": STATUSES, "is": STATES, "role": ROLES}
    if name in known:
        fits = value.lower() in known[name]
        if fits:
            read.names.setdefault(name, []).append(value.lower())
        return fits
    if name in ("model", "tag"):
        if value:
            read.names.setdefault(name, []).append(value)
        return bool(value)
    if name in ("before", "after") and (moment := _moment(value)):
        read.dates[name] = moment
        return True
    return False


def _terms(text: str, *, whole: bool) -> Iterator[Term]:
    words, may_go_on = sought(text)
    if words:
        yield Term(tuple(words), prefix=may_go_on or (not whole and text.endswith("*")))


def _moment(value: str) -> datetime | None:
    """`2024`, `2024-05` or `2024-05-17`: its beginning."""
    match = _DATE.fullmatch(value)
    if match is None:
        return None
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
