"""A message as it is at this moment: a running answer with all that its log holds."""

from conversations.mirror import read_log
from conversations.models import Message


def up_to_now(message: Message) -> Message:
    """A running answer with what its log holds; others as they are. Not to be saved."""
    if not message.is_running:
        return message
    logged = read_log(message.id, 0)
    if logged is None:
        return message
    if not logged.running:
        # It ended between the two reads.
        return Message.objects.get(pk=message.pk)
    # It may have grown since it was read.
    message.content, message.reasoning, message.last_seq = logged.content, logged.reasoning, logged.base_seq
    for _first, last, content, reasoning in logged.runs:
        message.content += content
        message.reasoning += reasoning
        message.last_seq = last
    return message
