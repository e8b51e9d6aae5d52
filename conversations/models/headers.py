"""A provider's extra headers: as a person types them, as the database keeps them, as they are sent."""

import json

from django.utils.translation import gettext, gettext_noop

from conversations.upstream.endpoint import header_problem

MOST = 20

Headers = tuple[tuple[str, str], ...]


class BadHeaders(ValueError):
    """`str()` is a sentence for the person who entered them. It repeats no value."""


def typed_headers(text: str) -> Headers:
    """Reads one `Name: value` in each line. Raises BadHeaders."""
    headers: dict[str, tuple[str, str]] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not value:
            raise BadHeaders(gettext_noop("Please write one header in each line, such as: api-key: your-key"))
        if problem := header_problem(name, value):
            raise BadHeaders(problem)
        headers[name.lower()] = (name, value)
    if len(headers) > MOST:
        raise BadHeaders(
            gettext("There can be %(most)s headers at most; these are %(count)s.")
            % {"most": MOST, "count": len(headers)}
        )
    return tuple(headers.values())


def stored_headers(headers: Headers) -> str:
    """The text to keep, encrypted; "" for none."""
    return json.dumps(dict(headers)) if headers else ""


def sent_headers(stored: str) -> Headers:
    """What was kept; nothing where it cannot be read any more."""
    try:
        kept = json.loads(stored) if stored else {}
    except ValueError:
        return ()
    if not isinstance(kept, dict):
        return ()
    return tuple((name, value) for name, value in kept.items() if not header_problem(name, str(value)))
