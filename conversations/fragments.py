"""Messages as HTML that were rendered before: reading a long conversation again renders nothing.

A fragment is found by all that it shows, so it can be old but never wrong: whatever changes a message changes
its key, and a new version of the program is a new process.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from django.utils.translation import get_language

from conversations.models import Message
from conversations.rendering import RENDERER_VERSION

# Characters, which Python keeps in one to four bytes each: the articles of some ten thousand messages.
MOST_CHARACTERS = 32 * 1024 * 1024
_FIELDS = [field.attname for field in Message._meta.concrete_fields]


class Fragments:
    """The most recently shown ones, up to a size. Used by many threads."""

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[bytes, str] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, message: Message, make: Callable[[], str]) -> str:
        """The message's HTML, made only if it is not here. A running answer is never kept."""
        if message.is_running:
            return make()
        key = fingerprint(message)
        html = self.get(key)
        if html is None:
            # Outside the lock: two threads may make the same one, and nobody waits for a large one.
            html = make()
            self.keep(key, html)
        return html

    def get(self, key: bytes) -> str | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: bytes, html: str) -> None:
        with self._lock:
            if key in self._kept or len(html) > self._most:
                return
            self._kept[key] = html
            self._size += len(html)
            while self._size > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._size -= len(oldest)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._size = 0

    def __len__(self) -> int:
        return len(self._kept)


def fingerprint(message: Message) -> bytes:
    """All that a message's article depends on, in 16 bytes."""
    shown = [getattr(message, name) for name in _FIELDS]
    return digest((get_language(), shown, message.variants))


def digest(known: tuple[Any, ...]) -> bytes:
    """`known` is all that an article depends on beside the program."""
    told = repr((RENDERER_VERSION, known))
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).digest()


FRAGMENTS = Fragments()
