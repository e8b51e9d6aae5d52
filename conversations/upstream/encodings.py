"""Compressed bodies, which some servers send although identity was asked for: decoded with a bound, or
refused.
"""

import zlib
from collections.abc import Iterator
from typing import Protocol

from conversations.upstream.errors import NotUnderstood

# What bodies begin with that are not compressed, whatever their header says.
_TEXT = (b"data:", b"event:", b"id:", b": ", b'{"', b"{\n", b"[{", b"<h", b"<!")
GZIP = b"\x1f\x8b"
STEP = 64 * 1024  # bytes that are decoded at a time: what a bomb can take before the reply's limit stops it


class BodyDecoder(Protocol):
    def decode(self, data: bytes) -> Iterator[bytes]: ...


class Identity:
    def decode(self, data: bytes) -> Iterator[bytes]:
        yield data


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
                    raise NotUnderstood(
                        "The upstream sent a compressed answer that cannot be decoded."
                    ) from None
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
    name = content_encoding.strip().lower()
    if name in ("", "identity", "none", "utf-8"):
        return Identity()
    if name in ("gzip", "x-gzip", "deflate"):
        return Inflate()
    raise NotUnderstood(f"The upstream compressed its answer ({name[:40]}) although that was not asked for.")
