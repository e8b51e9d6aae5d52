"""A file, packed or not → its conversations in their order."""

from collections.abc import Iterator
from typing import IO

from conversations.importing import zips
from conversations.importing.splitting import Element, Unreadable, elements
from conversations.sentences import gettext_noop

_PIECE = 256 * 1024


def unpacked_size(file: IO[bytes]) -> int:
    """Bytes of JSON in it. Raises Unreadable where a look at the outside says enough."""
    if _is_zip(file):
        with zips.open_zip(file) as archive:
            return sum(entry.file_size for entry in zips.members(archive))
    return file.seek(0, 2)


def elements_of(file: IO[bytes]) -> Iterator[Element]:
    """Every conversation, as JSON. Raises Unreadable, maybe in the middle."""
    if not _is_zip(file):
        yield from elements(_pieces(file))
        return
    with zips.open_zip(file) as archive:
        for entry in zips.members(archive):
            try:
                yield from elements(zips.pieces(archive, entry))
            except Unreadable as error:
                raise Unreadable(f"{entry.filename}: {error}") from error


def _is_zip(file: IO[bytes]) -> bool:
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        raise Unreadable(gettext_noop("The file is packed with gzip. Unpack it first, or use a zip file."))
    return zips.is_zip(head)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece
