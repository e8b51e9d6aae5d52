"""Keys under a changed SECRET_KEY: encrypted anew, or kept and said to be unreadable."""

import io

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from conversations.models import Provider
from conversations.probe import probe
from conversations.probe_checks import problems_of
from tests.scripted_upstream import ScriptedUpstream

KEY = "sk-scripted"


def stored() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key, extra_headers FROM conversations_provider")
        key, headers = cursor.fetchone()
    return str(key), str(headers)


def rotate() -> str:
    out = io.StringIO()
    call_command("rotate_keys", stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def secretive(provider: Provider) -> Provider:
    provider.enter_headers((("api-key", "azure-0123456789"),))
    provider.save()
    return provider


def test_after_a_rotation_the_old_secret_key_can_go(secretive: Provider, settings: Settings) -> None:
    before = stored()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert "2 secrets are encrypted" in rotate()
    assert all(old != new for old, new in zip(before, stored(), strict=True))
    settings.SECRET_KEY_FALLBACKS = []
    secretive.refresh_from_db()
    assert (secretive.key, secretive.headers) == (KEY, (("api-key", "azure-0123456789"),))


def test_what_cannot_be_read_is_named_and_kept(secretive: Provider, settings: Settings) -> None:
    before, old = stored(), settings.SECRET_KEY
    settings.SECRET_KEY = "new"
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("rotate_keys", stdout=out, stderr=out)
    assert "scripted: what is stored cannot be read" in out.getvalue().lower()
    provider = Provider.objects.get()
    assert (provider.key, provider.headers, provider.has_unreadable_secrets) == ("", (), True)
    provider.save()
    assert stored() == before
    settings.SECRET_KEY = old
    assert Provider.objects.get().key == KEY


def test_an_unreadable_key_does_not_travel_either(secretive: Provider, settings: Settings) -> None:
    settings.SECRET_KEY = "new"
    provider = Provider.objects.get()
    provider.base_url = "https://elsewhere.example/v1"
    provider.save()
    assert stored() == ("", "")


def test_an_unreadable_key_is_said_and_nothing_is_asked(
    secretive: Provider, settings: Settings, upstream: ScriptedUpstream, as_admin: Client
) -> None:
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [], "new"
    found = "\n".join(problems_of(async_to_sync(probe)(Provider.objects.get())))
    assert "cannot be read, because SECRET_KEY was changed" in found
    assert "SECRET_KEY is another one than when the key was stored" in found
    assert upstream.requests == []


def test_the_admin_says_that_a_key_cannot_be_read(
    secretive: Provider, as_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conversations.models.encryption._current", _another)
    page = as_admin.get(f"/admin/conversations/provider/{secretive.pk}/change/")
    assert "not readable since SECRET_KEY was changed" in page.content.decode()


def _another() -> object:
    from conversations.models.encryption import _fernet

    return _fernet(("another",))
