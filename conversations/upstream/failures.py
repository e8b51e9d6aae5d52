"""What goes wrong on the way to an upstream, told from the standard library's exceptions → a sentence.

Whatever HTTP library is used, the reason lies somewhere in the chain of causes as an ssl, socket or OS error.
"""

import errno
import re
import socket
import ssl
from collections.abc import Iterator

from conversations.sentences import gettext_noop
from conversations.upstream.address import ForbiddenAddress

_NUMBER = re.compile(r"\[Errno (\d{1,4})\]")
_ERRNOS = {
    errno.ECONNREFUSED: (
        "refused",
        gettext_noop("Nothing listens at {host}: the connection was refused. Is the server running?"),
    ),
    errno.ECONNRESET: ("reset", gettext_noop("{host} cut the connection.")),
    errno.EPIPE: ("reset", gettext_noop("{host} cut the connection.")),
    errno.ENETUNREACH: (
        "unreachable",
        gettext_noop("There is no way to {host} from here: network unreachable."),
    ),
    errno.EHOSTUNREACH: (
        "unreachable",
        gettext_noop("There is no way to {host} from here: host unreachable."),
    ),
    errno.ETIMEDOUT: ("timeout", gettext_noop("{host} did not answer in time.")),
}
_DNS = (
    "dns",
    gettext_noop("The name of {host} cannot be resolved. Is the base URL right, and does DNS work here?"),
)
_DNS_SILENT = (
    "dns",
    gettext_noop("The name of {host} cannot be looked up: the resolver of this machine does not answer."),
)
_FORBIDDEN = (
    "forbidden",
    gettext_noop(
        "{host} leads to an address of the machine's own network services (link-local or metadata). "
        "Such addresses are never asked. The administrator should correct the base URL."
    ),
)
_CERTIFICATE = gettext_noop("The certificate of {host} is not valid for it or not trusted here ({reason}).")
_TLS = gettext_noop("No secure connection to {host} could be made ({reason}). Is it really https?")


def told_by_system(error: BaseException) -> tuple[str, str] | None:
    """(kind, sentence with {host} in it) by the most telling cause in the chain; None if there is none."""
    causes = list(_chain(error))
    if any(isinstance(cause, ForbiddenAddress) for cause in causes):
        return _FORBIDDEN
    if told := _told_by_tls([cause for cause in causes if isinstance(cause, ssl.SSLError)]):
        return told
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return _DNS_SILENT if cause.errno == socket.EAI_AGAIN else _DNS
    numbers = [number for cause in causes if isinstance(cause, OSError) for number in _numbers(cause)]
    # Of several addresses of one name: what the one that exists said is more telling than "no way there".
    number = next((number for number in _ERRNOS if number in numbers), None)
    return _ERRNOS[number] if number is not None else None


def _told_by_tls(causes: list[ssl.SSLError]) -> tuple[str, str] | None:
    """Libraries wrap the error that knows the reason into others of its kind that know none."""
    if not causes:
        return None
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        reasons = (str(getattr(cause, "verify_message", "") or "") for cause in causes)
        return "tls", _CERTIFICATE.replace("{reason}", next(filter(None, reasons), "no reason"))
    reasons = (str(getattr(cause, "reason", "") or "") for cause in causes)
    return "tls", _TLS.replace("{reason}", next(filter(None, reasons), "no reason").replace("_", " ").lower())


def _numbers(error: OSError) -> list[int]:
    """Its number, or those of the errors that it tells of: a name with several addresses fails for each."""
    return [error.errno] if error.errno else [int(number) for number in _NUMBER.findall(str(error))]


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what caused it and what it wraps, each once."""
    waiting, seen = [error], set[int]()
    while waiting:
        error = waiting.pop(0)
        if id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        wrapped = (
            getattr(error, name, None)
            for name in ("os_error", "certificate_error", "__cause__", "__context__")
        )
        waiting += [
            item for item in (*wrapped, *getattr(error, "exceptions", ())) if isinstance(item, BaseException)
        ]
