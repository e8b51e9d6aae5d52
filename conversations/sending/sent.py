"""What a verb has done, as the one who called it tells it to the pages."""

from dataclasses import dataclass

from conversations.models import Conversation, Generation, Message


@dataclass(frozen=True, slots=True)
class Sent:
    """What stands in the database now. `repeated`: it had been there before, under the same client_id."""

    conversation: Conversation
    question: Message | None
    answer: Message
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Stopping:
    """`generation` is the running request that was asked to stop, or None where nothing ran any more."""

    message: Message
    generation: Generation | None
