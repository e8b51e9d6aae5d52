"""A large file between its arrival and its end: pieces in rows, read like a file."""

import io
import zlib
from typing import IO

from conversations.models import Import, ImportPart
from conversations.models.writing import writing

# Bytes of one row before they are compressed.
PART = 1024 * 1024


def store(file: IO[bytes], kept: Import) -> None:
    file.seek(0)
    number = 0
    while data := file.read(PART):
        packed = zlib.compress(data, 1)
        # Taking turns: SQLite alone would let what imports another file meanwhile go first nearly each time.
        with writing():
            ImportPart.objects.create(source=kept, number=number, data=packed)
        number += 1


def opened(kept: Import) -> IO[bytes]:
    return io.BufferedReader(_Stored(kept), PART)


def forget(kept: Import) -> None:
    ImportPart.objects.filter(source=kept).delete()


class _Stored(io.RawIOBase):
    """Zip files are read from their end, so it can be read from anywhere."""

    def __init__(self, kept: Import) -> None:
        self._kept = kept
        self._at = 0
        self._number, self._part = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        base = {0: 0, 1: self._at, 2: self._kept.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, target: object) -> int:
        view = memoryview(target).cast("B")  # type: ignore[arg-type]
        number, start = divmod(self._at, PART)
        found = self._load(number)[start : start + len(view)]
        view[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _load(self, number: int) -> bytes:
        if number != self._number:
            rows = ImportPart.objects.filter(source=self._kept, number=number).values_list("data", flat=True)
            data = rows.first()
            self._number, self._part = number, zlib.decompress(data) if data is not None else b""
        return self._part
