"""The page behind "Test this connection": what a probe of one provider found, as a table."""

from typing import Any

from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from conversations.models import Provider
from conversations.upstream import Deadlines

# Somebody waits in front of the page: a server that hangs costs three of these at most.
PATIENCE = Deadlines(connect=10, first_token=45, idle=20, total=90)
SHOWN_MODELS = 50
WORDS = {"ok": _("Works"), "warn": _("Works partly"), "fail": _("Does not work")}


@method_decorator([never_cache, sensitive_variables()], name="dispatch")
class ProbeView(View):
    """POST only: a probe asks a model, which costs money and stands in the ledger."""

    http_method_names = ("post",)
    model_admin: Any = None

    def post(self, request: HttpRequest, provider_id: int) -> HttpResponse:
        provider = get_object_or_404(Provider, pk=provider_id)
        if not self.model_admin.has_change_permission(request, provider):
            raise PermissionDenied
        # It needs the HTTP client, which the admin does not need otherwise.
        from conversations.probe import probe
        from conversations.probe_checks import checks_of

        findings = async_to_sync(probe)(provider, user=request.user, deadlines=PATIENCE)
        checks = [(check, WORDS[check.state]) for check in checks_of(findings)]
        context = self.model_admin.admin_site.each_context(request) | {
            "title": gettext("Test of %(provider)s") % {"provider": provider},
            "opts": Provider._meta,
            "provider": provider,
            "findings": findings,
            "checks": checks,
            "models": findings.models[:SHOWN_MODELS],
            "more_models": len(findings.models) - SHOWN_MODELS,
        }
        return TemplateResponse(request, "admin/provider_probe.html", context)


def probe_urls(model_admin: Any) -> list[URLPattern]:
    view = ProbeView.as_view(model_admin=model_admin)
    return [
        path(
            "<int:provider_id>/probe/",
            model_admin.admin_site.admin_view(view),
            name="conversations_provider_probe",
        )
    ]
