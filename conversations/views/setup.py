"""The set-up page behind the one-time link."""

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from conversations import setup as first_account
from conversations.forms import SetupForm


@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    if not first_account.is_valid(token):
        return _used_up(request)
    form = SetupForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "conversations/setup.html", {"form": form}, status=400 if form.is_bound else 200
        )
    asked = form.cleaned_data
    try:
        user = first_account.make_owner(token, asked["username"], asked["password1"])
    except first_account.AlreadySetUp:
        return _used_up(request)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return redirect("new_conversation")


def _used_up(request: HttpRequest) -> HttpResponse:
    return render(request, "conversations/setup_done.html", status=410)
