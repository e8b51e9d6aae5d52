"""`/metrics`, for Prometheus: for this machine, or with a token, or as METRICS says."""

import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from conversations import lifecycle
from conversations.metrics import CONTENT_TYPE, exposition

# What a reverse proxy adds: then the other end of the connection is the proxy, not who asks.
_FORWARDED = (
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP",
    "HTTP_FORWARDED", "HTTP_VIA",
)  # fmt: skip


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """404 for whoever may not read them."""
    if not _may_read(request):
        raise Http404("There is no such page.")
    return HttpResponse(exposition(lifecycle.gauges()), content_type=CONTENT_TYPE)


def _may_read(request: HttpRequest) -> bool:
    environment = settings.ENVIRONMENT
    if environment.metrics == "off":
        return False
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if environment.metrics_token and constant_time_compare(token, environment.metrics_token):
        return True
    return environment.metrics == "open" or _is_local(request)


def _is_local(request: HttpRequest) -> bool:
    if any(name in request.META for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False
