"""Zip files that mean harm: refused with a sentence, before anything is unpacked."""

import io
import json
import struct
import zipfile
from typing import Any

import pytest
from django.test import Client

from conversations.importing import zips
from tests.transfer.exports import chatgpt, zipped
from tests.transfer.test_import import bring, refused

GOOD = {"conversations.json": [chatgpt()]}


def encrypted() -> bytes:
    """The mark of an encrypted entry, in both places where it stands."""
    data = bytearray(zipped(GOOD))
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def packed(method: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as file:
        file.writestr("conversations.json", json.dumps([chatgpt()]))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"conversations.json": b"[" + b" " * 30_000_000 + b"]"}, "far more than it should"),
        ({**GOOD, "../../etc/passwd": "x"}, "lead outside"),
        ({**GOOD, "/etc/passwd": "x"}, "lead outside"),
        ({**GOOD, "C:\\windows": "x"}, "lead outside"),
        ({"inner.zip": zipped(GOOD)}, "unpack the outer one"),
        ({"readme.txt": "x"}, "no conversations.json"),
        (encrypted(), "encrypted"),
        (packed(zipfile.ZIP_LZMA), "packed in a way"),
        (zipped(GOOD)[:-30], "damaged"),
        (b"PK\x03\x04" + b"x" * 500, "damaged"),
        (zipped(GOOD)[:40] + b"\x00\x00\x00" + zipped(GOOD)[43:], "cannot be imported"),
        ({"conversations.json": b"[1"}, "conversations.json: The file breaks off"),
    ],
)
def test_it_is_refused_whole(as_alice: Client, content: Any, words: str) -> None:
    data = content if isinstance(content, bytes) else zipped(content)
    assert words in refused(as_alice, data, "export.zip")


def test_a_long_list_of_contents_is_not_read(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(zipped(GOOD))
    struct.pack_into("<L", data, data.rindex(b"PK\x05\x06") + 12, zips.MOST_DIRECTORY + 1)
    assert "too many files" in refused(as_alice, bytes(data), "export.zip")
    monkeypatch.setattr(zips, "MOST_UNPACKED", 10)
    assert "larger than" in refused(as_alice, zipped(GOOD), "export.zip")


def test_what_is_beside_the_conversations_is_not_looked_at(as_alice: Client) -> None:
    beside = {f"picture-{number}.png": b"\0" * 30_000_000 for number in range(2)}
    assert bring(as_alice, zipped({**beside, **GOOD}), "export.zip").startswith("1 conversation came in")


def test_an_export_in_several_parts_is_one(as_alice: Client) -> None:
    parts = {f"x/conversations-00{n}.json": [chatgpt(name=str(n))] for n in range(3)}
    assert bring(as_alice, zipped(parts), "export.zip").startswith("3 conversations came in")
