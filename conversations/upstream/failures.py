"""What goes wrong on the way to an upstream, told from the standard library's exceptions → a sentence.

Whatever HTTP library is used, the reason lies somewhere in the chain of causes as an ssl, socket or OS error.
"""

import errno
import socket
import ssl
from collections.abc import Iterator

_ERRNOS = {
    errno.ECONNREFUSED: (
        "refused",
        "Nothing listens at {host}: the connection was refused. Is the server running?",
    ),
    errno.ECONNRESET: ("reset", "{host} cut the connection."),
    errno.EPIPE: ("reset", "{host} cut the connection."),
    errno.ENETUNREACH: ("unreachable", "There is no way to {host} from here: network unreachable."),
    errno.EHOSTUNREACH: ("unreachable", "There is no way to {host} from here: host unreachable."),
    errno.ETIMEDOUT: ("timeout", "{host} did not answer in time."),
}
_DNS = ("dns", "The name of {host} cannot be resolved. Is the base URL right, and does DNS work here?")
_CERTIFICATE = "The certificate of {host} is not valid for it or not trusted here ({reason})."
_TLS = "No secure connection to {host} could be made ({reason}). Is it really https?"


def told_by_system(error: BaseException) -> tuple[str, str] | None:
    """(kind, sentence with {host} in it) by the most telling cause in the chain; None if there is none."""
    causes = list(_chain(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "tls", _CERTIFICATE.replace(
                "{reason}", getattr(cause, "verify_message", "") or "no reason"
            )
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "reason", "") or "no reason"
            return "tls", _TLS.replace("{reason}", reason.replace("_", " ").lower())
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return _DNS
    numbers = (cause.errno for cause in causes if isinstance(cause, OSError) and cause.errno in _ERRNOS)
    number = next(numbers, None)
    return _ERRNOS[number] if number is not None else None


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
