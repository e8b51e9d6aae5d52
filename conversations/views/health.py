"""What asks without a person: is the process alive, can it do its work, what is its icon?"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static

from conversations import lifecycle
from conversations.models import Process


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for this name on pages that link no icon, the admin's among them."""
    return redirect(static("icon.svg"))


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, layer and runner are usable, otherwise 503 and the reason."""
    problems = [problem for problem in (_rows(), lifecycle.trouble()) if problem]
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)


def _rows() -> str:
    """What the database lacks: itself, or the sign of life of a runner where those are other processes."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        elsewhere = settings.ENVIRONMENT.generation_runner == "external"
        if elsewhere and not Process.objects.alive().exclude(runner="").exists():
            return "No runner has given a sign of life."
    except (DatabaseError, ImproperlyConfigured) as error:
        return f"The database cannot be reached ({type(error).__name__})."
    return ""
