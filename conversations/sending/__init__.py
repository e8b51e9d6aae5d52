"""The verbs: send, continue, retry, queue, stop and their kin. Each is one transaction; none waits for an
upstream.

Pressing Send writes the question, the empty answer and the queued request together; that row is all that
makes a runner work. A verb returns what it wrote; whoever called it rings the doorbell.
"""

from conversations.sending.again import regenerate, retry
from conversations.sending.asking import send, start_conversation
from conversations.sending.branching import Shown, show_branch
from conversations.sending.continuing import continue_answer
from conversations.sending.queueing import (
    IN_TRASH,
    Advance,
    Queued,
    edit_queued,
    queue,
    ready_to_advance,
    remove_queued,
    send_next,
    send_queued,
)
from conversations.sending.sent import Sent, Stopping
from conversations.sending.stopping import stop, stop_all

__all__ = [
    "IN_TRASH",
    "Advance",
    "Queued",
    "Sent",
    "Shown",
    "Stopping",
    "continue_answer",
    "edit_queued",
    "queue",
    "ready_to_advance",
    "regenerate",
    "remove_queued",
    "retry",
    "send",
    "send_next",
    "send_queued",
    "show_branch",
    "start_conversation",
    "stop",
    "stop_all",
]
