"""Where an upstream is, with what key it is asked, and how long it may take."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Endpoint:
    base_url: str  # "https://api.openai.com/v1"; a query (Azure's api-version) is kept
    api_key: str = ""  # "": no Authorization header
    stream_options: bool = True  # False: this server refused stream_options once
    developer_role: bool = True  # False: this server refused role developer; it is sent as system

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
        return f"Endpoint({self.host})"  # tracebacks and logs show this: no key


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds; 0 means none. `first_token` and `total` begin when the reply is asked for."""

    connect: float = 10
    first_token: float = 300  # until content, reasoning, a refusal or a tool call; comments do not count
    idle: float = 120  # without any event, after the first token
    total: float = 1800
