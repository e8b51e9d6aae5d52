"""The app's registration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy


class ConversationsConfig(AppConfig):
    name = "conversations"
    verbose_name = gettext_lazy("Conversations")

    def ready(self) -> None:
        # Imported for what they register: system checks, and receivers of Django's signals.
        from conversations import checks, departures, farewells, guards, witness  # noqa: F401
        from conversations.search import single, triggers, typos

        post_migrate.connect(guards.install, sender=self)
        post_migrate.connect(triggers.ensure_triggers, sender=self)
        post_migrate.connect(single.ensure, sender=self)
        post_migrate.connect(typos.ensure, sender=self)
