"""Which addresses a link may have, and what a reader should know about them."""

import re
from urllib.parse import urlsplit

_ALLOWED = re.compile(r"(?:https?://[^/?#\s]|mailto:[^\s])", re.IGNORECASE)
_LOOKS_LIKE_HOST = re.compile(r"\s*(?:https?://)?((?:[\w\-]+\.)+[a-z]{2,})(?=[:/?#\s]|\Z)", re.IGNORECASE)


def allowed(url: str) -> bool:
    """Only web and mail addresses with a host; no relative ones, which would point into this very site."""
    return bool(_ALLOWED.match(url))


def host_of(url: str) -> str:
    """The host that an address leads to (without a user name in front of it), or the mail address."""
    try:
        parts = urlsplit(url)
        return parts.hostname or parts.path
    except ValueError:
        return url


def misleading_host(text: str, url: str) -> str:
    """The real host, if the text of a link names another one; else ""."""
    match = _LOOKS_LIKE_HOST.match(text)
    host = host_of(url)
    if match is None or url.lower().startswith("mailto:"):
        return ""
    shown = match[1].lower().removeprefix("www.")
    return "" if shown == host.removeprefix("www.") else host
