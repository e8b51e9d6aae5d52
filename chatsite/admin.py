"""Django's admin with our own front page and the one login page."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    default_site = "conversations.admin.site.ChatAdminSite"

    def ready(self) -> None:
        super().ready()  # finds the admins of Django's own apps, which ours partly replace
        from django.contrib.admin import site

        from conversations.admin.registry import register

        register(site)
