"""The addresses of sockets."""

from django.urls import path

from conversations.consumers import ConversationConsumer, DoctorConsumer, ListConsumer, LiveConsumer

websocket_urlpatterns = [
    path("ws/conversations/<uuid:conversation_id>/", ConversationConsumer.as_asgi()),
    path("ws/conversations/", ListConsumer.as_asgi()),
    path("ws/doctor/", DoctorConsumer.as_asgi()),
    path("ws/admin/live/", LiveConsumer.as_asgi()),
]
