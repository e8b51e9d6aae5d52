"""What every answer carries beyond Django's own headers."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control


class AuditMiddleware:
    """Tells the audit log whose request is being answered, and of every file that is taken away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Here: it imports models, which are not there yet when Django reads this module.
        from conversations.audit import Kind, current_request, record

        token = current_request.set(request)
        try:
            response = self.get_response(request)
            disposition = str(response.get("Content-Disposition", ""))
            if response.status_code == 200 and disposition.startswith("attachment"):
                record(Kind.EXPORT, about=request.path)
            return response
        finally:
            current_request.reset(token)


class PrivatePagesMiddleware:
    """Keeps what a signed-in person sees out of caches, and lets Django's admin keep its own scripts.

    The admin's scripts write HTML by themselves, which Trusted Types forbid; everything else of the
    policy holds there too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        if request.path.startswith("/admin/"):
            response._csp_replace = {"require-trusted-types-for": None, "trusted-types": None}  # type: ignore[attr-defined]
        return response
