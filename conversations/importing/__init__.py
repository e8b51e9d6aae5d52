"""Conversations from elsewhere: ChatGPT's export, Open WebUI's, and our own."""

from datetime import timedelta
from typing import IO

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext

from conversations.importing import uploads
from conversations.importing.kinds import Unknown, talk_of
from conversations.importing.saving import save
from conversations.importing.sources import elements_of, unpacked_size
from conversations.importing.splitting import Element, Unreadable
from conversations.importing.talks import Talk, Unfit
from conversations.importing.tally import Tally, sentence
from conversations.models import Import
from conversations.models.writing import writing
from conversations.refusals import Busy, Invalid, TooLarge
from conversations.retelling import retold
from conversations.sentences import gettext_noop

__all__ = ["receive", "sentence", "stop"]

# Bytes of a file, and, unpacked, of one that is taken in while its sender waits.
LARGEST_FILE = 2 * 1024**3
AT_ONCE = 8 * 1024**2
# Files of one person that may wait at once.
MOST_OPEN = 3
# In which a large file must have been stored.
ARRIVAL = timedelta(minutes=15)
# Conversations of a large file of which one must be readable before it is kept.
LOOKED_AT = 20


def receive(user: User, file: IO[bytes], name: str, size: int) -> Import:
    """Takes a small file in at once; a large one is kept, and read in the background.

    Raises Invalid for a file that cannot be read, TooLarge, Busy. Then nothing has changed.
    """
    if not size:
        raise Invalid(gettext("The file is empty."))
    if size > LARGEST_FILE:
        words = gettext("The file is larger than %(most)s GB. Please import it in parts.")
        raise TooLarge(words % {"most": LARGEST_FILE // 1024**3})
    try:
        small = unpacked_size(file) <= AT_ONCE
        brought = Import(owner=user, file_name=name[:200], size=size)
        return _at_once(brought, file) if small else _later(brought, file)
    except Unreadable as error:
        why = retold(str(error))
        cannot = gettext("This file cannot be imported.")
        raise Invalid(f"{cannot} {why}") from error


def stop(user: User, brought: Import) -> None:
    """What has come in stays; the rest is forgotten."""
    stopped = Import.objects.of(user).open().filter(pk=brought.pk)
    ended = {"status": Import.Status.STOPPED, "worker": "", "ended_at": timezone.now()}
    if stopped.update(**ended):
        uploads.forget(brought)


def told(element: Element, number: int, tally: Tally) -> tuple[Talk | None, bool]:
    """The conversation, if it can be read, and whether it is one at all."""
    if element.problem:
        tally.skip(f"Number {number}", element.problem)
        return None, False
    try:
        return talk_of(element.raw), True
    except Unfit as reason:
        tally.skip(f"Number {number}", str(reason))
        return None, not isinstance(reason, Unknown)


def _at_once(brought: Import, file: IO[bytes]) -> Import:
    tally, talks, any_known = Tally(), [], False
    for number, element in enumerate(elements_of(file), 1):
        talk, known = told(element, number, tally)
        any_known |= known
        talks += [talk] if talk is not None else []
        brought.total = brought.seen = number
    if brought.total and not any_known:
        raise Unreadable(tally.problems[0][1])
    with writing():
        save(brought.owner, talks, tally)
        tally.add_to(brought)
        brought.status, brought.ended_at = Import.Status.DONE, timezone.now()
        brought.save()
    return brought


def _later(brought: Import, file: IO[bytes]) -> Import:
    if Import.objects.of(brought.owner).open().count() >= MOST_OPEN:
        words = gettext("%(number)s of your files are still being read. Please wait for one of them.")
        raise Busy(words % {"number": MOST_OPEN})
    _look_at_beginning(file)
    # Nobody may begin to read it before it is whole.
    brought.worker, brought.lease_until = "arriving", timezone.now() + ARRIVAL
    brought.save()
    uploads.store(file, brought)
    Import.objects.filter(pk=brought.pk).update(worker="", lease_until=None)
    return brought


def _look_at_beginning(file: IO[bytes]) -> None:
    tally = Tally()
    for number, element in enumerate(elements_of(file), 1):
        if told(element, number, tally)[1]:
            return
        if number == LOOKED_AT:
            break
    raise Unreadable(
        tally.problems[0][1] if tally.problems else gettext_noop("There is no conversation in it.")
    )
