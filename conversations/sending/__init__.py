"""The verbs: send, retry, stop and their kin. Each is one transaction; none waits for an upstream.

Pressing Send writes the question, the empty answer and the queued request together; that row is all that
makes a runner work. A verb returns what it wrote; whoever called it rings the doorbell.
"""

from conversations.sending.again import retry
from conversations.sending.asking import send, start_conversation
from conversations.sending.sent import Sent, Stopping
from conversations.sending.stopping import stop

__all__ = ["Sent", "Stopping", "retry", "send", "start_conversation", "stop"]
