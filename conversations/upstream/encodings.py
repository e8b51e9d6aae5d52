"""Compressed bodies, which some servers send although identity was asked for: decoded with a bound, or
refused.
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import brotli

from conversations.sentences import gettext_noop
from conversations.upstream.errors import NotUnderstood

# What bodies begin with that are not compressed, whatever their header says.
_TEXT = (b"data:", b"event:", b"id:", b": ", b'{"', b"{\n", b"[{", b"<h", b"<!")
GZIP = b"\x1f\x8b"
_DAMAGED = gettext_noop("The upstream sent a compressed answer that cannot be decoded.")
_COMPRESSED = gettext_noop(
    "The upstream compressed its answer ({encoding}) although that was not asked for. "
    "Compression should be switched off there, or in the proxy between."
)
STEP = 64 * 1024  # bytes decoded at a time, about: what a bomb can take before the reply's limit stops it


class BodyDecoder(Protocol):
    def decode(self, data: bytes) -> Iterable[bytes]: ...


class Identity:
    def decode(self, data: bytes) -> Iterable[bytes]:
        return (data,)


class Brotli:
    """RFC 7932. Without a magic number, so that only its first bytes can tell plain text apart."""

    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()
        self._begun = self._plain = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        if not self._begun:
            self._begun, self._plain = True, data.startswith(_TEXT)
        if self._plain:  # the header lies
            yield data
            return
        piece = b""
        while data or len(piece) >= STEP or not self._brotli.can_accept_more_data():
            if self._brotli.is_finished():
                return  # what follows is padding
            try:
                piece = self._brotli.process(data, output_buffer_limit=STEP)
            except brotli.error:
                raise NotUnderstood(_DAMAGED) from None
            data = b""
            if piece:
                yield piece


class Inflate:
    """gzip (RFC 1952, several members too), zlib and the bare deflate that some servers call "deflate"."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(zlib.MAX_WBITS | 32)  # 32: gzip or zlib, by its header
        self._bare = False
        self._plain = False
        self._begun = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        if not self._begun and data.startswith(_TEXT):
            self._begun = self._plain = True
        if self._plain:  # the header lies
            yield data
            return
        piece = b""
        while data or len(piece) == STEP:  # a full step may leave more behind than unconsumed input shows
            try:
                piece = self._zlib.decompress(data, STEP)
            except zlib.error:
                if self._begun or self._bare:
                    raise NotUnderstood(_DAMAGED) from None
                self._zlib, self._bare = zlib.decompressobj(-zlib.MAX_WBITS), True
                continue
            self._begun = self._begun or bool(piece)
            data = self._zlib.unconsumed_tail
            if self._zlib.eof:
                rest, self._zlib = self._zlib.unused_data, zlib.decompressobj(zlib.MAX_WBITS | 32)
                data = rest if rest.startswith(GZIP) else b""  # another member, or padding
            if piece:
                yield piece


def body_decoder(content_encoding: str) -> BodyDecoder:
    """One encoding; several over each other could grow without end before anything comes out."""
    names = [name.strip() for name in content_encoding.lower().split(",")]
    names = [name for name in names if name not in ("", "identity", "none", "utf-8")]
    if not names:
        return Identity()
    decoder = _DECODERS.get(names[0])
    if decoder is None or len(names) > 1:
        shown = re.sub(r"[^a-z0-9, -]", "", ", ".join(names))[:40]
        raise NotUnderstood(_COMPRESSED.format(encoding=shown))
    return decoder()


_DECODERS: dict[str, type[Brotli] | type[Inflate]] = {
    "br": Brotli, "deflate": Inflate, "gzip": Inflate, "x-gzip": Inflate
}  # fmt: skip
