"""Which of several branches a conversation shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import User
from django.utils.translation import gettext

from conversations.models import Conversation
from conversations.refusals import NotFound
from conversations.sending.once import mine


@dataclass(frozen=True, slots=True)
class Shown:
    conversation_id: UUID
    leaf_id: UUID


def show_branch(user: User, conversation_id: UUID, message_id: UUID) -> Shown:
    """Makes the branch through this message the active one, as far as its newest leaf. Raises NotFound."""
    conversation = mine(user, conversation_id)
    parents = dict(conversation.messages.in_order().values_list("id", "parent_id"))
    if message_id not in parents:
        raise NotFound(gettext("There is no such message in this conversation."))
    leaf_id = newest_leaf(parents, message_id)
    Conversation.objects.filter(pk=conversation.pk).update(active_leaf=leaf_id)
    return Shown(conversation.id, leaf_id)


def newest_leaf(parents: Mapping[UUID, UUID | None], message_id: UUID) -> UUID:
    """The newest message below this one, or itself. `parents`: of every message, in the order of making."""
    below = {message_id}
    leaf = message_id
    for made, parent in parents.items():
        if parent in below:
            below.add(made)
            leaf = made
    return leaf
