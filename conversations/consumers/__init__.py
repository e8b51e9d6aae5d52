"""The websocket of a conversation: `socket` opens, guards and closes it, `interpreter` knows the frames.

`lists`, `live` and `doctor` are others: for pages that only list conversations, for the administration, and
for the connection doctor.
"""

from conversations.consumers.doctor import DoctorConsumer
from conversations.consumers.lists import ListConsumer
from conversations.consumers.live import LiveConsumer
from conversations.consumers.socket import ConversationConsumer

__all__ = ["ConversationConsumer", "DoctorConsumer", "ListConsumer", "LiveConsumer"]
