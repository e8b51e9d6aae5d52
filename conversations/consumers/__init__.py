"""The websocket of a conversation: `socket` opens, guards and closes it, `interpreter` knows the frames."""

from conversations.consumers.socket import ConversationConsumer

__all__ = ["ConversationConsumer"]
