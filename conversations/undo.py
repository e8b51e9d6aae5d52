"""What was just done and how it is taken back, kept in the session until the next page shows it."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest

_KEY = "undo"


@dataclass(frozen=True, slots=True)
class Undo:
    """`sentence` says what was done; `verb` takes it back from `ids`, "" if nothing does."""

    sentence: str
    verb: str = ""
    ids: list[str] = field(default_factory=list)
    tag: str = ""


def remember(request: HttpRequest, undo: Undo) -> None:
    request.session[_KEY] = asdict(undo)


def take(request: HttpRequest) -> Undo | None:
    """What the last form did; only once."""
    if _KEY not in request.session:
        return None
    kept: dict[str, Any] = request.session.pop(_KEY)
    return Undo(**kept)
