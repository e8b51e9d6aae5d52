"""What a verb has done, as the one who called it tells it to the pages."""

from dataclasses import dataclass

from conversations.models import Conversation, Generation, Message


@dataclass(frozen=True, slots=True)
class Sent:
    """What stands in the database now. `repeated`: it had been there before, under the same client_id.

    `goes_on`: the answer is not new, it grows. `draft_cleared`: what was sent had been the draft.
    """

    conversation: Conversation
    question: Message | None
    answer: Message
    repeated: bool = False
    goes_on: bool = False
    draft_cleared: bool = False


@dataclass(frozen=True, slots=True)
class Stopping:
    """`generation` is the running request that was asked to stop, or None where nothing ran any more.

    `ended`: it had not begun yet, and has ended with this.
    """

    message: Message
    generation: Generation | None
    ended: bool = False
