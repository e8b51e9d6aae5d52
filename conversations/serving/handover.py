"""A body that came into a file goes to Django as that file.

Daphne would read all of it into memory, a queue of small pieces, while nothing else is served.
"""

from typing import IO


class FiledBody(bytes):
    """As Daphne sees it nothing, and the end of the body; the file that holds it goes along."""

    file: IO[bytes]


class Handed:
    """What Daphne takes for the file: it is read once, in no time. Who gets the file closes it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._is_given = False
        self.closed = False

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int | None = None) -> bytes:
        if size is None:
            return self._file.read()
        body = FiledBody()
        body.file, self._is_given = self._file, True
        return body

    def close(self) -> None:
        self.closed = True
        if not self._is_given:
            self._file.close()
