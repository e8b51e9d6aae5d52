"""Sharing one branch of a conversation as it is now, taking that back, and going on with a copy of it."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext

from conversations.limits import printable
from conversations.models import Conversation, Message, Share
from conversations.models.writing import writing
from conversations.refusals import Invalid, NotFound
from conversations.titles import plain_line

_SOURCE = "share"


@dataclass(frozen=True, slots=True)
class Wish:
    """What of a conversation is to be shared, with whom, and for how many days; 0: until it is taken back."""

    title: str = ""
    leaf_id: UUID | None = None
    needs_sign_in: bool = True
    with_reasoning: bool = False
    with_instructions: bool = False
    days: int = 30


def share(user: User, conversation_id: UUID, wish: Wish) -> Share:
    """Raises NotFound for a conversation or a message that is not there, Invalid if nothing is said yet."""
    mine = Conversation.objects.of(user).filter(pk=conversation_id).first()
    if mine is None:
        raise NotFound(gettext("There is no such conversation."))
    if wish.leaf_id is not None and not mine.messages.filter(pk=wish.leaf_id).exists():
        raise NotFound(gettext("There is no such message in this conversation."))
    turns = [turn for message in mine.thread(wish.leaf_id) if (turn := _turn(message, wish))]
    if not turns:
        raise Invalid(gettext("There is nothing to share yet."))
    return Share.objects.create(
        owner=user,
        conversation=mine,
        title=plain_line(printable(wish.title))[:200],
        system_prompt=mine.system_prompt if wish.with_instructions else "",
        turns=turns,
        needs_sign_in=wish.needs_sign_in,
        expires_at=timezone.now() + timedelta(days=wish.days) if wish.days else None,
    )


def found(token: str) -> Share | None:
    """What can be read under a link now."""
    return Share.objects.readable().filter(token=token).first()


def revoke(user: User, share_id: int) -> None:
    """Whoever follows the link from now on finds nothing. Raises NotFound."""
    deleted, _ = Share.objects.of(user).filter(pk=share_id).delete()
    if not deleted:
        raise NotFound(gettext("There is no such link."))


def shown(shared: Share) -> list[Message]:
    """The turns as messages that are in no database and have names of their own."""
    names = uuid5(UUID(int=0), shared.token)
    return [
        Message(
            id=uuid5(names, str(number)),
            role=turn["role"],
            content=turn["content"],
            reasoning=turn.get("reasoning", ""),
        )
        for number, turn in enumerate(shared.turns)
    ]


def copy(user: User, shared: Share) -> Conversation:
    """A conversation of this person's that begins as the shared one; a second press finds the first one's."""
    with writing():
        mine = Conversation.objects.of(user, with_trash=True).filter(source=_SOURCE)
        # The row of the share is the lock: of two presses the second waits.
        Share.objects.select_for_update().get(pk=shared.pk)
        there = mine.filter(source_id=str(shared.pk)).first()
        if there is not None and there.trashed_at is None:
            return there
        return _make(user, shared, str(shared.pk) if there is None else f"{shared.pk} {uuid4()}")


def _make(user: User, shared: Share, source_id: str) -> Conversation:
    rows = shown(shared)
    made = Conversation(
        owner=user,
        title=shared.title,
        title_source=Conversation.TitleSource.PERSON,
        system_prompt=shared.system_prompt,
        source=_SOURCE,
        source_id=source_id,
    )
    parent, at = None, timezone.now()
    for number, row in enumerate(rows):
        row.id, row.conversation, row.parent_id = uuid4(), made, parent
        row.created_at = at + timedelta(microseconds=number)
        parent = row.id
    made.active_leaf_id = parent
    made.save(force_insert=True)
    Message.objects.bulk_create(rows)
    return made


def _turn(message: Message, wish: Wish) -> dict[str, str] | None:
    """The text and nothing else: no names, no model, no figures. What is still being written is left out."""
    content = message.content or message.refusal
    reasoning = message.reasoning if wish.with_reasoning else ""
    if message.is_running or not (content or reasoning).strip():
        return None
    return {"role": message.role, "content": content, **({"reasoning": reasoning} if reasoning else {})}
