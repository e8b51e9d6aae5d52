"""The websocket of a conversation: `socket` opens, guards and closes it, `interpreter` knows the frames.

`live` is another one, for the administration.
"""

from conversations.consumers.live import LiveConsumer
from conversations.consumers.socket import ConversationConsumer

__all__ = ["ConversationConsumer", "LiveConsumer"]
