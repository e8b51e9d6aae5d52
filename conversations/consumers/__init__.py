"""The websocket of a conversation: `socket` opens, guards and closes it, `interpreter` knows the frames.

`live` and `doctor` are others: for the administration, and for the connection doctor.
"""

from conversations.consumers.doctor import DoctorConsumer
from conversations.consumers.live import LiveConsumer
from conversations.consumers.socket import ConversationConsumer

__all__ = ["ConversationConsumer", "DoctorConsumer", "LiveConsumer"]
