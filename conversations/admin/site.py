"""The admin's site: the usage pages beside our rows, the one login page before them.

What it registers is said in registry.py, and done by chatsite.admin once this site is made: Django imports
this package to make the site, and a decorator in here would register with one that does not exist yet.
"""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from conversations.admin.readonly import Admin


class LogsEach(Admin):
    """Django writes the deletion of several rows at once, of which the audit log would hear nothing."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        log: Any = super().log_deletions
        return [log(request, [row]) for row in queryset]


class ChatAdminSite(AdminSite):
    site_title = site_header = _("Chat administration")
    index_title = _("Administration")
    index_template = "admin/chat_index.html"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Also what Django and other packages bring along."""
        base = admin_class or ModelAdmin
        logged = base if issubclass(base, LogsEach) else type(base.__name__, (LogsEach, base), {})
        super().register(model_or_iterable, logged, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Leads to allauth's page; a person without access who is signed in already gets 403."""
        guarded = secure_admin_login(super().login)
        response: HttpResponse = guarded(request, extra_context=extra_context)
        return response

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from conversations.admin.audit import audit_csv
        from conversations.admin.live_pages import live_page, live_stop
        from conversations.admin.reading import read_conversation
        from conversations.admin.usage_pages import usage_csv, usage_page, usage_table_csv

        usage: list[URLPattern | URLResolver] = [
            path("usage/", self.admin_view(usage_page), name="usage"),
            path("usage.csv", self.admin_view(usage_csv), name="usage_csv"),
            path("live/", self.admin_view(live_page), name="live"),
            path("live/stop/", self.admin_view(live_stop), name="live_stop"),
            path("audit.csv", self.admin_view(audit_csv), name="audit_csv"),
            path(
                "reading/<uuid:conversation_id>/",
                self.admin_view(read_conversation),
                name="read_conversation",
            ),
            path("usage/<str:name>.csv", self.admin_view(usage_table_csv), name="usage_table_csv"),
        ]
        return usage + super().get_urls()

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Django's list, the usage page first among our rows."""
        apps = super().get_app_list(request, app_label)
        if may_see_usage(request):
            for app in apps:
                if app["app_label"] == "conversations":
                    app["models"][:0] = [
                        _entry("Usage", gettext("Usage"), "admin:usage"),
                        _entry("LiveBoard", gettext("Live board"), "admin:live"),
                    ]
        return apps


def may_see_usage(request: HttpRequest) -> bool:
    """Usage is the ledger added up: who may see its rows may see their sums."""
    return request.user.has_perm("conversations.view_generation")


def _entry(object_name: str, name: str, address: str) -> dict[str, Any]:
    return {
        "name": name,
        "object_name": object_name,
        "admin_url": reverse(address),
        "add_url": None,
        "view_only": True,
        "perms": {"add": False, "change": False, "delete": False, "view": True},
    }
