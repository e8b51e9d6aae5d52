"""The address to listen on: whether it is free, who could reach it, how a person opens it."""

import errno
import ipaddress
import socket

from conversations.serving import CannotStart

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (recognised, not bound)


def check_free(host: str, port: int) -> None:
    """Raises CannotStart unless a server could listen at `host`:`port` now."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server itself will do: connections of an earlier run may still linger.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except socket.gaierror as error:
        raise CannotStart(f"HOST: {host} is not an address of this machine.") from error
    except OSError as error:
        raise CannotStart(_why_not(host, port, error)) from error


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"PORT: {port} on {host} is taken by another program; set PORT to a free one."
    if error.errno == errno.EACCES:
        return f"PORT: {port} may not be used without special rights; set PORT to one above 1023."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"HOST: {host} is not an address of this machine."
    return f"HOST, PORT: nothing can listen on {host}:{port} ({error.strerror})."


def is_loopback(host: str) -> bool:
    """True if only programs on this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def page_address(host: str, port: int) -> str:
    """What a person on this machine types to open the page."""
    name = EVERYWHERE.get(host.strip("[]"), host.strip("[]"))
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"
