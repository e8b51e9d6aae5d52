"""Everything of one person's as a zip file, made while it is sent: of a hundred thousand conversations a few
are in memory at a time."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.html import format_html

from conversations.exports.pages import as_page_beside, index_parts, stylesheet
from conversations.exports.texts import as_json, as_markdown, moment, unique_name
from conversations.models import Conversation, Message, SavedPrompt
from conversations.models.conversation import path_to
from conversations.present import up_to_now

FORMAT = "chat-archive"
VERSION = 1
# Conversations that are read in one query.
AT_ONCE = 20
# Bytes of the two lists that are kept in memory; more goes to a temporary file.
LIST_IN_MEMORY = 256 * 1024
_COPY = 64 * 1024


async def archive(user: User) -> AsyncIterator[bytes]:
    """The file in pieces. Asynchronous, because Django's ASGI handler would read a plain iterator to its end
    before it sends the first byte."""
    pieces = archive_pieces(user)

    def following() -> bytes:
        return next(pieces, b"")

    while piece := await sync_to_async(following)():
        yield piece


def archive_pieces(user: User) -> Iterator[bytes]:
    """None of the pieces is empty."""
    sink = _Sink()
    with ExitStack() as stack:
        file = stack.enter_context(ZipFile(cast("IO[bytes]", sink), "w", ZIP_DEFLATED))
        lists = _Lists(*(stack.enter_context(SpooledTemporaryFile(LIST_IN_MEMORY)) for _ in range(2)))
        file.writestr("style.css", stylesheet())
        for conversation, messages in _conversations(user):
            _add(file, conversation, messages)
            lists.note(conversation)
            yield sink.take()
        lists.add_to(file)
        _add_prompts(file, user)
    yield sink.take()


class _Sink:
    """Takes what the zip file writes, which cannot go back in it, until it is sent."""

    def __init__(self) -> None:
        self._written = bytearray()

    def write(self, data: bytes) -> int:
        self._written += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


class _Lists:
    """The manifest and the page that lists all conversations: both grow while the others are written."""

    def __init__(self, manifest: IO[bytes], index: IO[bytes]) -> None:
        self._manifest, self._index = manifest, index
        self._number = 0
        self._before, self._behind = index_parts("Conversations")

    def note(self, conversation: Conversation) -> None:
        name = unique_name(conversation, "")
        entry = {
            "id": str(conversation.id),
            "title": conversation.title,
            "created_at": moment(conversation.created_at),
            **{ending: f"conversations/{name}{ending}" for ending in ("json", "md", "html")},
        }
        comma = "," if self._number else ""
        self._manifest.write(f"{comma}\n{json.dumps(entry, ensure_ascii=False)}".encode())
        line = format_html(
            '<li><time datetime="{}">{}</time> <a dir="auto" href="conversations/{}html">{}</a></li>\n',
            *(entry["created_at"], entry["created_at"][:10], name, conversation.title or "Untitled"),
        )
        self._index.write(line.encode())
        self._number += 1

    def add_to(self, file: ZipFile) -> None:
        about = {"format": FORMAT, "version": VERSION, "made_at": moment(timezone.now())}
        head = json.dumps({**about, "number": self._number})[:-1] + ', "conversations": ['
        _copy(file, "manifest.json", (head, self._manifest, "\n]}\n"))
        _copy(file, "index.html", (self._before, self._index, self._behind))


def _copy(file: ZipFile, name: str, parts: tuple[str, IO[bytes], str]) -> None:
    before, middle, behind = parts
    middle.seek(0)
    with file.open(name, "w") as target:
        target.write(before.encode())
        while block := middle.read(_COPY):
            target.write(block)
        target.write(behind.encode())


def _conversations(user: User) -> Iterator[tuple[Conversation, list[Message]]]:
    """Everything but the trash, the newest first, each with all its messages."""
    ids = Conversation.objects.of(user).order_by("-created_at", "-id").values_list("id", flat=True)
    waiting = iter(list(ids))
    while some := list(islice(waiting, AT_ONCE)):
        yield from _loaded(user, some)


def _loaded(user: User, ids: list[UUID]) -> Iterable[tuple[Conversation, list[Message]]]:
    # Deleted meanwhile: then it is not in it.
    found = Conversation.objects.of(user).in_bulk(ids)
    messages: dict[UUID, list[Message]] = {each: [] for each in found}
    for message in Message.objects.filter(conversation__in=found).in_order():
        messages[message.conversation_id].append(up_to_now(message))
    return [(found[each], messages[each]) for each in ids if each in found]


def _add(file: ZipFile, conversation: Conversation, messages: list[Message]) -> None:
    name = "conversations/" + unique_name(conversation, "")
    thread = path_to({message.id: message for message in messages}, conversation.active_leaf_id)
    content = json.dumps(as_json(conversation, messages), ensure_ascii=False, indent=1)
    file.writestr(f"{name}json", content.encode("utf-8", "replace"))
    file.writestr(f"{name}md", as_markdown(conversation, thread).encode("utf-8", "replace"))
    file.writestr(f"{name}html", as_page_beside(conversation, thread).encode("utf-8", "replace"))


def _add_prompts(file: ZipFile, user: User) -> None:
    """The saved prompts, if there are any, one at a time."""
    prompts = SavedPrompt.objects.of(user).by_name()
    if not prompts.exists():
        return
    with file.open("prompts.json", "w") as target:
        target.write(b"[")
        for number, prompt in enumerate(prompts.iterator(chunk_size=AT_ONCE)):
            times = {"created_at": moment(prompt.created_at), "updated_at": moment(prompt.updated_at)}
            line = json.dumps({"name": prompt.name, "text": prompt.text, **times}, ensure_ascii=False)
            target.write(f"{',' if number else ''}\n{line}".encode("utf-8", "replace"))
        target.write(b"\n]\n")
