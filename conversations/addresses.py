"""Where a request comes from: through reverse proxies of ours, and no further than those can say."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The IP address of who asks, None where nobody can say.

    Each proxy adds to X-Forwarded-For who asked it; what stands before the words of ours anybody can have
    made up. Where it is too short, the request did not come through all of them.
    """
    trusted: int = settings.ENVIRONMENT.trusted_proxies
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    forwarded = _address(hops[-trusted]) if 0 < trusted <= len(hops) else None
    return forwarded or _address(request.META.get("REMOTE_ADDR", ""))


def _address(written: str) -> str | None:
    """Also as "[2001:db8::1]:443" and "192.0.2.1:443", which some proxies write."""
    words = written.strip()
    if words.startswith("["):
        words = words[1:].partition("]")[0]
    elif words.count(":") == 1:
        words = words.partition(":")[0]
    try:
        found = ipaddress.ip_address(words.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(found, "ipv4_mapped", None) or found)
