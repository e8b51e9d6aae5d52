"""Which addresses a provider may have: a plain http(s) one that does not lead into the cloud's back room."""

import ipaddress
import socket
import unicodedata
from urllib.parse import SplitResult, urlsplit

# Where clouds hand out credentials to whoever asks from inside (besides the link-local addresses).
METADATA_HOSTS = frozenset({"metadata", "metadata.google.internal", "metadata.goog", "instance-data"})
METADATA_ADDRESSES = frozenset(
    ipaddress.ip_address(text) for text in ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddress(ValueError):
    """`str()` is a sentence for the person who entered it."""


def check_address(base_url: str) -> None:
    """Raises BadAddress. Private networks and loopback are allowed: models live there."""
    parts = _parts(base_url)
    if parts.username is not None or parts.password is not None:
        raise BadAddress("The address must not contain a user name or password; the key has its own field.")
    if "?" in base_url or "#" in base_url:
        raise BadAddress("The address must not contain a query (?) or a fragment (#).")
    host = unicodedata.normalize("NFKC", parts.hostname or "").rstrip(".")
    if host in METADATA_HOSTS or _is_forbidden(_numeric(host)):
        raise BadAddress("This address belongs to the machine's own network services, not to a model.")


def _parts(base_url: str) -> SplitResult:
    if not base_url.isprintable() or " " in base_url:
        raise BadAddress("The address must not contain spaces or invisible characters.")
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError as error:
        raise BadAddress("This is no address: its host or port makes no sense.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise BadAddress("Please write an address such as https://api.openai.com/v1.")
    if any(mark in parts.netloc for mark in "\\%"):
        raise BadAddress("The host's name contains characters that no host has.")
    return parts


def _numeric(host: str) -> Address | None:
    """The IP address that `host` is written as, in any notation that the resolver takes; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))  # also 2852039166, 0xa9.0xfe.43518
    except (OSError, UnicodeError):
        return None


def _is_forbidden(address: Address | None) -> bool:
    if address is None:
        return False
    address = _unwrapped(address)
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return True
    return address in METADATA_ADDRESSES


def _unwrapped(address: Address) -> Address:
    """An IPv4 address that is hidden in an IPv6 one (mapped, 6to4, NAT64), else the address itself."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
