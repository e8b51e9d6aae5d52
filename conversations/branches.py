"""The branch that ends in a message, as a prompt needs it: who said what, in order."""

from uuid import UUID

from conversations.models import Message
from conversations.models.prepared import Prepared, as_stored
from conversations.prompts import Turn

# Raw rows: making UUIDs of them would cost more than reading them.
_TURNS = Prepared(
    lambda conversation_id: Message.objects.filter(conversation=conversation_id).values_list(
        "id", "parent_id", "role", "content", "refusal"
    ),
    UUID,
)


def turns_up_to(conversation_id: UUID, leaf_id: UUID | None) -> list[Turn]:
    """Oldest first; what the model refused counts as what it said."""
    by_id = {row[0]: row for row in _TURNS.raw(conversation_id)}
    turns = []
    at = as_stored(leaf_id)
    while row := by_id.get(at):
        _, at, role, content, refusal = row
        turns.append(Turn(role, content or refusal))
    return turns[::-1]
