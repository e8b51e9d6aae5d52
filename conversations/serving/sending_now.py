"""Bytes to a socket without giving Python's lock away.

`socket.send` lets other threads run while the system copies some bytes, and gets the lock back only when one
of them has had its turn: beside threads that make pages, each token of each stream would wait for that (the
convoy effect, https://bugs.python.org/issue7946). A socket that does not block needs microseconds.
"""

import ctypes
import socket
import sys
from typing import Any

_DONTWAIT = getattr(socket, "MSG_DONTWAIT", 0)
# Linux raises SIGPIPE otherwise, which Python ignores anyway.
_FLAGS = _DONTWAIT | getattr(socket, "MSG_NOSIGNAL", 0)


def _system_send() -> Any:
    if not _DONTWAIT or sys.platform == "win32":
        return None
    # PyDLL, not CDLL: that one is what keeps the lock.
    send = ctypes.PyDLL(None).send
    send.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
    send.restype = ctypes.c_ssize_t
    return send


_SEND = _system_send()


def send_now(transport: Any, data: bytes) -> int:
    """How many of these bytes a Twisted transport's socket has taken; none where it is going or refuses.

    An error is not looked at: the caller gives what is left to the transport, which meets it again.
    """
    if _SEND is None or not transport.connected or transport.disconnecting or transport._writeDisconnected:
        return 0
    taken: int = _SEND(transport.fileno(), data, len(data), _FLAGS)
    return max(taken, 0)
