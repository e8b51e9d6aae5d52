"""After a verb: wakes the runner, and tells every page that shows this conversation or lists it.

To be called after the commit, from a thread that may use the database.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.contrib.auth.models import User

from conversations import lifecycle, listing, rings
from conversations.doorbell import user_topic
from conversations.models import Conversation
from conversations.rings import Ring
from conversations.sending import Queued, Sent, Shown, Stopping, send_next
from conversations.sidebar import frame_of


def announce(what: Iterable[Ring]) -> None:
    for topic, payload in what:
        lifecycle.ring(topic, payload)


def announce_sent(sent: Sent, client_id: UUID | None, *, but: str = "") -> None:
    """`but`: the socket through which it was sent."""
    announce(rings.after_sending(sent, client_id, but=but))


def announce_stop(stopping: Stopping) -> None:
    announce(rings.after_stopping(stopping))
    if stopping.ended:
        # Nobody else will see that the way is free.
        announce(rings.after_advance(send_next(stopping.message.conversation_id)))


def announce_queued(conversation_id: UUID, queued: Queued, client_id: UUID, *, but: str = "") -> None:
    announce(rings.after_queueing(conversation_id, queued, client_id, but=but))


def announce_shown(shown: Shown) -> None:
    announce(rings.after_showing(shown))


def announce_filed(user: User, ids: Collection[UUID]) -> list[str]:
    """Tells every list of this person's what became of these conversations; returns the frames."""
    mine = Conversation.objects.of(user, with_trash=True).filter(pk__in=ids)
    frames = {row.id: frame_of(row) for row in listing.with_running(mine).defer("system_prompt")}
    for conversation_id, frame in frames.items():
        lifecycle.ring(user_topic(user.pk), {"changed": frame, "conversation": str(conversation_id)})
    return list(frames.values())
