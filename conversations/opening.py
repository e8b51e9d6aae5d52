"""Opening a conversation at one of its messages, whichever branch that is on."""

from collections.abc import Mapping
from uuid import UUID

from conversations.models import Conversation
from conversations.sending.branching import Shown, newest_leaf


def lead_to(conversation: Conversation, message_id: UUID) -> Shown | None:
    """Makes the branch through this message the active one; None if nothing had to change.

    A message that is not in this conversation changes nothing.
    """
    parents = dict(conversation.messages.in_order().values_list("id", "parent_id"))
    if message_id not in parents or message_id in _path(parents, conversation.active_leaf_id):
        return None
    leaf = newest_leaf(parents, message_id)
    conversation.active_leaf_id = leaf
    Conversation.objects.filter(pk=conversation.pk).update(active_leaf=leaf)
    return Shown(conversation.id, leaf)


def _path(parents: Mapping[UUID, UUID | None], leaf: UUID | None) -> set[UUID]:
    path: set[UUID] = set()
    while leaf is not None and leaf not in path:
        path.add(leaf)
        leaf = parents.get(leaf)
    return path
