"""What people do with their conversations besides asking: name, pin, archive, tag, mark as read.

Each verb takes ids and changes those that are this person's; a foreign id is like one that does not exist.
"""

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext

from conversations.limits import printable
from conversations.models import Conversation, Tag
from conversations.models.conversation import ConversationQuerySet
from conversations.models.tag import MAX_LENGTH
from conversations.models.writing import writing
from conversations.refusals import Invalid, NotFound
from conversations.titles import plain_line

TITLE_LENGTH = 200


def pin(user: User, ids: Collection[UUID]) -> None:
    """What is pinned is wanted at hand: it leaves the archive."""
    _mine(user, ids).update(pinned_at=timezone.now(), archived_at=None)


def unpin(user: User, ids: Collection[UUID]) -> None:
    _mine(user, ids).update(pinned_at=None)


def archive(user: User, ids: Collection[UUID]) -> None:
    _mine(user, ids).update(archived_at=timezone.now(), pinned_at=None)


def unarchive(user: User, ids: Collection[UUID]) -> None:
    _mine(user, ids).update(archived_at=None)


def mark_read(user: User, ids: Collection[UUID]) -> None:
    _mine(user, ids).update(unread=False)


def mark_unread(user: User, ids: Collection[UUID]) -> None:
    _mine(user, ids).update(unread=True)


def rename(user: User, conversation_id: UUID, title: str) -> None:
    """Raises NotFound, Invalid. From now on no model names it any more."""
    line = plain_line(printable(title))
    if not line:
        raise Invalid(gettext("Please write a title."))
    if len(line) > TITLE_LENGTH:
        raise Invalid(gettext("A title has at most %(most)s characters.") % {"most": TITLE_LENGTH})
    named = _mine(user, [conversation_id]).update(title=line, title_source=Conversation.TitleSource.PERSON)
    if not named:
        raise NotFound(gettext("There is no such conversation."))


def tag(user: User, ids: Collection[UUID], name: str) -> None:
    """Puts a tag, new or known, on conversations. Raises Invalid."""
    line = _tag_name(name)
    with writing():
        found = Tag.objects.of(user).named(line).first() or Tag.objects.create(owner=user, name=line)
        mine = _mine(user, ids).values_list("pk", flat=True)
        found.conversations.add(*mine)


def untag(user: User, ids: Collection[UUID], name: str) -> None:
    """Takes a tag off; one that is on nothing any more is forgotten."""
    with writing():
        for found in Tag.objects.of(user).named(_tag_name(name)):
            found.conversations.remove(*_mine(user, ids).values_list("pk", flat=True))
            if not found.conversations.exists():
                found.delete()


def _tag_name(name: str) -> str:
    line = plain_line(printable(name))
    if not line:
        raise Invalid(gettext("Please write the tag."))
    if len(line) > MAX_LENGTH:
        raise Invalid(gettext("A tag has at most %(most)s characters.") % {"most": MAX_LENGTH})
    return line


def _mine(user: User, ids: Collection[UUID]) -> ConversationQuerySet:
    return Conversation.objects.of(user).filter(pk__in=ids)
