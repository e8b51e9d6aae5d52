"""Which addresses may be asked: plain http(s) ones that do not lead into the machine's own back room.

`check_address` judges what somebody enters, `is_forbidden` the address that is really connected to: a name
may lead anywhere, and elsewhere the next time.
"""

import errno
import ipaddress
import re
import socket
import unicodedata
from urllib.parse import SplitResult, parse_qsl, urlsplit

from conversations.sentences import gettext_noop

# Where clouds hand out credentials to whoever asks from inside (besides the link-local addresses).
METADATA_HOSTS = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "instance-data", "metadata.tencentyun.com"}
)
METADATA_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "100.100.100.200",  # Alibaba
        "168.63.129.16",  # Azure's wire server
        "192.0.0.192",  # Oracle
        "fd00:ec2::/32",  # AWS
        "fd20:ce::254",  # Google
        "fd00:42::42",  # Scaleway
    )
)
# IPv6 addresses whose last four bytes are an IPv4 address that a gateway or the kernel connects to.
_ENDING_IN_IPV4 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "::/96",  # RFC 4291 2.5.5.1, "IPv4-compatible"
        "::ffff:0:0:0/96",  # RFC 2765, "IPv4-translated"
        "64:ff9b::/96",  # RFC 6052, NAT64
        "64:ff9b:1::/48",  # RFC 8215, NAT64 of one's own
    )
)
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: in the third four bytes, an IPv4 address after them
_SECRET = re.compile(r"key|token|secret|sig|pass|auth", re.IGNORECASE)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddress(ValueError):
    """`str()` is a sentence for the person who entered it."""


class ForbiddenAddress(OSError):
    """A connection to an address that must not be asked was not made."""

    def __init__(self) -> None:
        # The same text for every address: aiohappyeyeballs keeps the type of errors that say the same.
        super().__init__(errno.EACCES, "forbidden address")


def check_address(base_url: str) -> None:
    """Raises BadAddress. Private networks and loopback are allowed: models live there.

    So is a query (Azure's api-version), except for secrets: the address is shown, keys are not.
    """
    parts = _parts(base_url)
    if parts.username is not None or parts.password is not None:
        raise BadAddress(
            gettext_noop("The address must not contain a user name or password; the key has its own field.")
        )
    if "#" in base_url:
        raise BadAddress(gettext_noop("The address must not contain a fragment (#)."))
    if secrets_in_query(base_url):
        raise BadAddress(
            gettext_noop("The address must not contain a key or password; they have fields of their own.")
        )
    if leads_inside(parts.hostname or ""):
        raise BadAddress(
            gettext_noop("This address belongs to the machine's own network services, not to a model.")
        )


def secrets_in_query(base_url: str) -> list[str]:
    try:
        pairs = parse_qsl(urlsplit(base_url.strip()).query)
    except ValueError:
        return []
    return [value for name, value in pairs if _SECRET.search(name)]


def leads_inside(host: str) -> bool:
    """Whether `host` is, as it is written, an address that must not be asked."""
    host = unicodedata.normalize("NFKC", host).rstrip(".").lower()
    address = numeric(host)
    return host in METADATA_HOSTS or (address is not None and is_forbidden(address))


def is_forbidden(address: Address) -> bool:
    """Link-local, multicast, unspecified, or a cloud's metadata service, also in an IPv6 disguise."""
    return any(
        one.is_link_local
        or one.is_multicast
        or one.is_unspecified
        or any(one in network for network in METADATA_NETWORKS)
        for one in (address, *_hidden_in(address))
    )


def numeric(host: str) -> Address | None:
    """The IP address that `host` is written as, in any notation that the resolver takes; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))  # also 2852039166, 0xa9.0xfe.43518
    except (OSError, UnicodeError):
        return None


def _parts(base_url: str) -> SplitResult:
    if not base_url.isprintable() or " " in base_url:
        raise BadAddress(gettext_noop("The address must not contain spaces or invisible characters."))
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError as error:
        raise BadAddress(gettext_noop("This is no address: its host or port makes no sense.")) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise BadAddress(gettext_noop("Please write an address such as https://api.openai.com/v1."))
    if any(mark in parts.netloc for mark in "\\%"):
        raise BadAddress(gettext_noop("The host's name contains characters that no host has."))
    return parts


def _hidden_in(address: Address) -> list[Address]:
    """The IPv4 addresses that an IPv6 one carries: mapped, 6to4, Teredo, NAT64, ISATAP and the like."""
    # ::1 and :: are loopback and unspecified, not the IPv4 addresses 0.0.0.1 and 0.0.0.0.
    if not isinstance(address, ipaddress.IPv6Address) or int(address) < 2:
        return []
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    carries = any(address in network for network in _ENDING_IN_IPV4)
    carries = carries or int(address) >> 32 & 0xFFFFFFFF in _ISATAP
    found = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()), last if carries else None)
    return [one for one in found if one is not None]
