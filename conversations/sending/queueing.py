"""Messages that wait for the running answer, and the moment at which the next of them is sent.

Whoever ends an answer sends the next one, in a transaction of its own that takes the row away and asks: of
two that try, one finds the row. Who dies between the two leaves it to the runners, which look every few
seconds.
"""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext, gettext_noop

from conversations import limits
from conversations.drafts import clear_draft
from conversations.models import Conversation, Message, QueuedMessage
from conversations.models.occupied import has_rows
from conversations.models.status import RUNNING, Status
from conversations.models.writing import writing
from conversations.offers import choose
from conversations.refusals import Busy, NotFound, RateLimited, Refusal
from conversations.sending.asking import ask, send
from conversations.sending.once import mine, refuse_while_running, repeated
from conversations.sending.sent import Sent

# As many as a person has an overview of.
MOST = 20
AFTER_FAILURE = gettext_noop("The answer before it failed. Send it when you are ready, or remove it.")
SIGNED_OFF = gettext_noop("The account was deactivated.")
IN_TRASH = gettext_noop("The conversation is in the trash.")


@dataclass(frozen=True, slots=True)
class Advance:
    """The queue has changed; `sent` is what was sent of it, None if its first message is held now."""

    conversation_id: UUID
    sent: Sent | None = None
    client_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A message that waits; or `sent`, because nothing ran. `draft_cleared`: what waits was the draft."""

    sent: Sent | None = None
    advance: Advance | None = None
    draft_cleared: bool = False


def queue(user: User, conversation_id: UUID, *, content: str, client_id: UUID, model: str = "") -> Queued:
    """Sends at once if nothing runs, else when what runs has ended. Raises Refusal."""
    conversation = mine(user, conversation_id)
    if first := repeated(conversation, client_id):
        return Queued(first)
    # What waits already and is about to be sent stays before this one.
    if not conversation.queued.filter(held="").exists():
        try:
            return Queued(send(user, conversation_id, content=content, client_id=client_id, model=model))
        except Busy:
            pass
    text = limits.cleaned(content)
    cleared = _put(conversation, QueuedMessage(client_id=client_id, content=text, model=model[:230]))
    # The answer may have ended after we were told that it runs, and before the message waited.
    return Queued(None, send_next(conversation.id), cleared)


def edit_queued(user: User, conversation_id: UUID, client_id: UUID, content: str) -> None:
    """Raises NotFound for one that has been sent already."""
    waiting = _waiting(user, conversation_id, client_id)
    if not waiting.update(content=limits.cleaned(content)):
        raise _gone()


def remove_queued(user: User, conversation_id: UUID, client_id: UUID) -> None:
    """Removing what is not there any more changes nothing."""
    _waiting(user, conversation_id, client_id).delete()


def send_queued(user: User, conversation_id: UUID, client_id: UUID) -> Advance:
    """Sends this one now, whatever it was held for. Raises Refusal; it then goes on waiting."""
    conversation = mine(user, conversation_id)
    queued = conversation.queued.filter(client_id=client_id).first()
    if queued is None:
        if first := repeated(conversation, client_id):
            return Advance(conversation_id, first, client_id)
        raise _gone()
    try:
        advance = _send(queued.pk, even_if_held=True)
    except IntegrityError:
        refuse_while_running(conversation)
        raise
    if advance is None:
        raise _gone()
    return advance


def send_next(conversation_id: UUID) -> Advance | None:
    """Sends the first message that waits, if nothing runs. None: nothing waits, or it must go on waiting."""
    if not has_rows(QueuedMessage):
        return None
    first = QueuedMessage.objects.filter(conversation=conversation_id).in_order().first()
    if first is None or first.held:
        return None
    try:
        return _send(first.pk)
    except IntegrityError:
        return _unsendable(first)
    except Busy:
        return None
    except Refusal as refusal:
        return _hold(first, refusal.detail)


def hold_all(conversation: Conversation, why: str) -> None:
    """Nothing more is sent by itself in this conversation."""
    conversation.queued.filter(held="").update(held=why)


def ready_to_advance() -> list[UUID]:
    """Conversations in which a message waits for nothing: the one who should have sent it is gone."""
    same = OuterRef("conversation")
    running = Message.objects.filter(conversation=same, status__in=RUNNING)
    held = QueuedMessage.objects.filter(conversation=same).exclude(held="")
    ready = QueuedMessage.objects.filter(~Exists(running), ~Exists(held))
    return list(ready.values_list("conversation", flat=True).distinct())


def _waiting(user: User, conversation_id: UUID, client_id: UUID) -> QuerySet[QueuedMessage]:
    return mine(user, conversation_id).queued.filter(client_id=client_id)


def _gone() -> NotFound:
    return NotFound(gettext("This message does not wait any more: it has been sent or removed."))


def _put(conversation: Conversation, message: QueuedMessage) -> bool:
    """Lets the message wait; True if it was the draft."""
    waiting = list(conversation.queued.values_list("client_id", flat=True))
    if message.client_id in waiting:
        return False
    if len(waiting) >= MOST:
        words = gettext("%(most)s messages are waiting here already. Please let them be answered first.")
        raise RateLimited(words % {"most": MOST})
    try:
        with writing():
            message.conversation = conversation
            message.save(force_insert=True)
            return clear_draft(conversation.owner, conversation, message.content)
    except IntegrityError:
        # The same message, from two sides at once.
        return False


def _send(queued_id: int, *, even_if_held: bool = False) -> Advance | None:
    """None: someone else has sent or held it. After IntegrityError and Refusal it waits as before."""
    with writing():
        queued = QueuedMessage.objects.select_for_update().filter(pk=queued_id).first()
        if queued is None or (queued.held and not even_if_held):
            return None
        with_both = Conversation.objects.select_related("owner", "active_leaf")
        conversation = with_both.get(pk=queued.conversation_id)
        user = conversation.owner
        if not even_if_held and (why := _why_not(conversation)):
            queued.held = why
            queued.save(update_fields=["held"])
            return Advance(conversation.id)
        queued.delete()
        choice = choose(user, queued.model, conversation=conversation)
        asked = {"parent_id": conversation.active_leaf_id, "client_id": queued.client_id}
        sent = ask(user, conversation, queued.content, **asked, choice=choice)
        limits.check_rate(user, beside=sent.answer)
    return Advance(conversation.id, sent, queued.client_id)


def _why_not(conversation: Conversation) -> str:
    if not conversation.owner.is_active:
        return SIGNED_OFF
    if conversation.trashed_at is not None:
        return IN_TRASH
    leaf = conversation.active_leaf
    return AFTER_FAILURE if leaf is not None and leaf.status == Status.FAILED else ""


def _unsendable(queued: QueuedMessage) -> Advance | None:
    """The constraints refused it: an answer runs again, or it was sent before under this client_id."""
    if not repeated(queued.conversation, queued.client_id):
        return None
    queued.delete()
    return Advance(queued.conversation_id)


def _hold(queued: QueuedMessage, why: str) -> Advance:
    QueuedMessage.objects.filter(pk=queued.pk).update(held=why)
    return Advance(queued.conversation_id)
