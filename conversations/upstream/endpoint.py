"""Where an upstream is, with what key it is asked, and how long it may take."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from conversations.sentences import gettext_noop
from conversations.upstream.address import secrets_in_query

# What HTTP itself needs to know where a request ends and whom it is for; others may be set freely.
_OURS = frozenset(
    {"accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host"}
    | {"keep-alive", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding"}
    | {"upgrade"}
)
MAX_HEADER = 4096  # characters of one value; servers refuse more than 8 KiB of headers together
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # RFC 9110 5.6.2


_NAME = gettext_noop("A header's name consists of letters, digits and hyphens.")
_RESERVED = gettext_noop("The header {name} belongs to the connection itself and cannot be set.")
_VALUE = gettext_noop("The value of {name} is too long, or holds characters that no header may hold.")


def header_problem(name: str, value: str) -> str:
    """What is wrong with an extra header, in a sentence; "" if it can be sent."""
    if not _TOKEN.fullmatch(name):
        return _NAME
    if name.lower() in _OURS:
        return _RESERVED.format(name=name)
    if not (value.isascii() and value.isprintable()) or len(value) > MAX_HEADER:
        return _VALUE.format(name=name)
    return ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    base_url: str  # "https://api.openai.com/v1"; a query (Azure's api-version) is kept
    api_key: str = ""  # "": no Authorization header
    stream_options: bool = True  # False: this server refused stream_options once
    developer_role: bool = True  # False: this server refused role developer; it is sent as system
    max_completion_tokens: bool = False  # True: this server takes max_tokens only by this name
    headers: tuple[tuple[str, str], ...] = ()  # more of them; one of ours by the same name gives way

    unreadable: bool = False  # a key or a header is stored and cannot be read: nothing is asked
    hidden: tuple[str, ...] = ()  # further secrets on the way: a proxy's password

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no sentence may repeat: the key, the values of the extra headers, secrets in the query."""
        values = [value.strip() for _, value in self.headers]
        words = [word for value in values for word in value.split() if len(word) >= 8]  # "Bearer …"
        found = {self.api_key.strip(), *self.hidden, *values, *words, *secrets_in_query(self.base_url)}
        return tuple(sorted(found - {""}, key=len, reverse=True))

    def url(self, path: str) -> str:
        """`path` ("chat/completions") below the base URL, before its query."""
        parts = urlsplit(self.base_url.strip())
        return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{path}", fragment=""))

    @property
    def host(self) -> str:
        """Host and port for sentences; never the user or password that a URL may carry."""
        try:
            return urlsplit(self.base_url.strip()).netloc.rpartition("@")[2] or "the upstream"
        except ValueError:
            return "the upstream"

    def __repr__(self) -> str:
        return f"Endpoint({self.host})"  # tracebacks and logs show this: no key, no header


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds; 0 means none. `first_token` and `total` begin when the reply is asked for."""

    connect: float = 10
    first_token: float = 300  # until content, reasoning, a refusal or a tool call; comments do not count
    idle: float = 120  # without any event, after the first token
    total: float = 1800
