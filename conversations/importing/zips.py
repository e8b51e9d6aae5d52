"""The JSON files in a zip file from somewhere: looked over before anything is unpacked."""

import json
import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO

from conversations.exports.archive import FORMAT
from conversations.importing.splitting import Unreadable
from conversations.sentences import gettext_noop

_NOTHING_IN_IT = gettext_noop("There is no conversations.json in the zip file.")
_ANOTHER_ZIP = gettext_noop("It holds another zip file: unpack the outer one first.")
_TOO_LARGE = gettext_noop("Unpacked, the zip file is larger than {size} GB.")

# Bytes that all the JSON in a zip file may become.
MOST_UNPACKED = 4 * 1024**3
# JSON packs ten to fifty times; what packs better than this is made to fill the memory.
MOST_RATIO = 200
_SMALL = 1024 * 1024
MOST_DIRECTORY = 64 * 1024**2
_END_OF_DIRECTORY = b"PK\x05\x06"
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_CHATGPT = re.compile(r"conversations(-\d{1,6})?\.json")
_PIECE = 256 * 1024


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", _END_OF_DIRECTORY))


def open_zip(file: IO[bytes]) -> zipfile.ZipFile:
    """Raises Unreadable."""
    _check_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, struct.error) as error:
        raise Unreadable(gettext_noop("The zip file is damaged.")) from error
    if any(_leads_outside(entry.filename) for entry in archive.infolist()):
        raise Unreadable(gettext_noop("The zip file names paths that lead outside of it. Nothing was read."))
    return archive


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Those that hold conversations, all of them fit to be read. Raises Unreadable."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    wanted = _of_ours(archive, entries) or _of_chatgpt(entries) or _only_one(entries)
    if not wanted:
        nested = any(entry.filename.lower().endswith(".zip") for entry in entries)
        raise Unreadable(f"{_NOTHING_IN_IT} {_ANOTHER_ZIP}" if nested else _NOTHING_IN_IT)
    for entry in wanted:
        _check(entry)
    if sum(entry.file_size for entry in wanted) > MOST_UNPACKED:
        raise Unreadable(_TOO_LARGE.format(size=MOST_UNPACKED // 1024**3))
    return wanted


def pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with archive.open(entry) as member:
            while piece := member.read(_PIECE):
                yield piece
    except (zipfile.BadZipFile, EOFError, OSError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise Unreadable(gettext_noop("The zip file is damaged.")) from error


def _check_directory(file: IO[bytes]) -> None:
    """Python reads the whole list of entries into memory: it must be a short one."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) < at + 16:
        raise Unreadable(gettext_noop("The zip file is damaged: its list of contents is missing."))
    (length,) = struct.unpack_from("<L", tail, at + 12)
    if length > MOST_DIRECTORY:
        raise Unreadable(gettext_noop("The zip file lists too many files."))


def _leads_outside(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or name[1:2] == ":"


def _check(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & 1:
        raise Unreadable(
            gettext_noop("The zip file is encrypted. Unpack it, and pack it again without a password.")
        )
    if entry.compress_type not in _METHODS:
        raise Unreadable(
            gettext_noop("The zip file is packed in a way that is not read here. Use an ordinary one.")
        )
    if entry.file_size > _SMALL and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
        raise Unreadable(
            gettext_noop("The zip file would unpack to far more than it should. Nothing was read.")
        )


def _of_ours(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    manifest = next((entry for entry in entries if entry.filename == "manifest.json"), None)
    if manifest is None:
        return []
    _check(manifest)
    head = b"".join(part for part, _ in zip(pieces(archive, manifest), range(1), strict=False))[:200]
    if json.dumps(FORMAT).encode() not in head:
        return []
    return [e for e in entries if e.filename.startswith("conversations/") and e.filename.endswith(".json")]


def _of_chatgpt(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    found = [entry for entry in entries if _CHATGPT.fullmatch(PurePosixPath(entry.filename).name)]
    return sorted(found, key=lambda entry: entry.filename)


def _only_one(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Somebody has packed one export by hand."""
    found = [entry for entry in entries if entry.filename.lower().endswith(".json")]
    return found if len(found) == 1 else []
