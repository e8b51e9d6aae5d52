"""The proxy that requests go through where the administrator names one: UPSTREAM_PROXY, never HTTP_PROXY."""

from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from conversations.upstream.address import BadAddress, leads_inside

# Asked directly even so: the model on this machine is not behind a proxy.
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Proxy:
    url: str = ""  # "": none; may hold a user and a password

    def __bool__(self) -> bool:
        return bool(self.url)

    def __repr__(self) -> str:
        return f"Proxy({self.host})"

    @property
    def host(self) -> str:
        """Host and port, for sentences."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def plain_url(self) -> str:
        return urlunsplit(urlsplit(self.url)._replace(netloc=self.host))

    @property
    def headers(self) -> dict[str, str]:
        """The user and the password as aiohttp takes them; it makes Proxy-Authorization of them."""
        parts = urlsplit(self.url)
        if parts.username is None:
            return {}
        words = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return {"Authorization": f"Basic {b64encode(words.encode()).decode()}"}

    @property
    def secrets(self) -> tuple[str, ...]:
        password = urlsplit(self.url).password or ""
        return tuple({password, unquote(password)} - {""})


def check_proxy(url: str) -> None:
    """Raises BadAddress for what is no proxy that we can speak through."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress("must be an address such as http://proxy.example:3128") from error
    if parts.scheme.startswith("socks"):
        raise BadAddress("must be an http:// or https:// proxy; SOCKS is not supported")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise BadAddress("must be an address such as http://proxy.example:3128")
    if parts.path.strip("/") or parts.query or parts.fragment or not url.isprintable() or " " in url:
        raise BadAddress("must be only a scheme, perhaps user:password@, a host and a port")
    if leads_inside(parts.hostname):
        raise BadAddress("belongs to the machine's own network services")
