"""How an answer ended, in words, and the one thing to do about it. Pure: asks the message's own fields."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from conversations.models import Message
from conversations.models.status import Status

# Error kinds (see conversations/upstream/errors.py) that a second try meets again: the question is at fault.
OF_THE_QUESTION = frozenset({"too_long", "content"})
# The model was cut off, as against having ended by itself.
CUT_OFF = "length"
FILTERED = "content_filter"


class Action(StrEnum):
    """The verb on the button. Regenerate is always there and is none of these."""

    NOTHING = ""
    CONTINUE = "continue"
    RETRY = "retry"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`words`: the badge; empty while the answer runs."""

    words: str | Promise
    action: Action = Action.NOTHING

    @property
    def is_good(self) -> bool:
        return self.action == Action.NOTHING


def outcome_of(message: Message) -> Outcome:
    """The outcome of an answer; of anything else, and of a running one, there is none."""
    if message.role != Message.Role.ASSISTANT or message.is_running:
        return Outcome("")
    match message.status:
        case Status.COMPLETE:
            return _complete(message)
        case Status.STOPPED:
            return Outcome(_("Stopped"), _go_on_or_retry(message))
        case Status.INTERRUPTED:
            return Outcome(_("Interrupted"), _go_on_or_retry(message))
        case _:
            return Outcome(_("Failed"), _after_failure(message))


def can_go_on(message: Message) -> bool:
    """Whether `message.continue` makes sense, wherever the message stands.

    There must be text to go on from. What the model called or refused it will not take up in mid-word.
    """
    if message.is_running or not message.content.strip() or message.refusal or message.tool_calls:
        return False
    return message.status != Status.COMPLETE or message.finish_reason == CUT_OFF


def _complete(message: Message) -> Outcome:
    if message.finish_reason == CUT_OFF:
        return Outcome(_("Cut off at the limit"), _go_on_or_retry(message))
    if message.finish_reason == FILTERED:
        return Outcome(_("Cut off by a filter"), Action.EDIT)
    return Outcome(_("Complete"))


def _go_on_or_retry(message: Message) -> Action:
    return Action.CONTINUE if can_go_on(message) else Action.RETRY


def _after_failure(message: Message) -> Action:
    if message.error_kind in OF_THE_QUESTION:
        return Action.EDIT
    return Action.RETRY
