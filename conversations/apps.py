"""The app's registration."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "conversations"
    verbose_name = "Conversations"

    def ready(self) -> None:
        # Imported for what they register: system checks, and receivers of Django's signals.
        from conversations import checks, farewells  # noqa: F401
