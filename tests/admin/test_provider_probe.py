"""The button that tests a provider, and the page with what was found."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from conversations.admin import provider_probe
from conversations.models import Generation, Provider
from conversations.upstream import Deadlines
from tests.scripted_upstream import ScriptedUpstream, finish, hold, text, tool_call

KEY = "sk-scripted"


def page_of(provider: Provider) -> str:
    return f"/admin/conversations/provider/{provider.pk}/probe/"


def healthy(upstream: ScriptedUpstream) -> None:
    for number in range(2):
        upstream.script(steps=[text("one, "), text("two"), finish(usage=(21, 5 + number))])
    upstream.script(steps=[tool_call("clock", "{}"), finish("tool_calls", usage=(60, 9))])


def test_the_providers_page_has_the_button(provider: Provider, as_admin: Client) -> None:
    page = as_admin.get(f"/admin/conversations/provider/{provider.pk}/change/").content.decode()
    assert f'action="{page_of(provider)}"' in page
    assert "Test this connection" in page


def test_what_was_found_is_a_table(provider: Provider, upstream: ScriptedUpstream, as_admin: Client) -> None:
    healthy(upstream)
    response = as_admin.post(page_of(provider))
    page = response.content.decode()
    assert response.status_code == 200
    for words in ("It can chat.", "2 listed", "21 prompt tokens, 5 completion tokens", "called the tool"):
        assert words in page
    assert "Does not work" not in page
    assert set(Generation.objects.values_list("purpose", "user_name")) == {("probe", "admin")}


def test_it_says_what_is_wrong_without_markup_or_key(
    provider: Provider, upstream: ScriptedUpstream, as_admin: Client
) -> None:
    upstream.refuse(401, {"error": {"message": f"<script>x</script> Incorrect API key: {KEY}"}})
    response = as_admin.post(page_of(provider))
    page = response.content.decode()
    assert "It cannot chat." in page
    assert "The key is missing, wrong, expired" in page
    assert "<script>x" not in page
    assert KEY not in page
    assert "no-store" in response["Cache-Control"]


def test_a_server_that_hangs_ends_by_the_deadline(
    provider: Provider, upstream: ScriptedUpstream, as_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_probe, "PATIENCE", Deadlines(connect=60, first_token=0.2, total=60))
    upstream.script(steps=[hold()])
    page = as_admin.post(page_of(provider)).content.decode()
    assert "no answer began within 0.2 s" in page
    assert "The model is still being loaded" in page


def test_only_who_may_change_providers_may_test_them(
    provider: Provider, upstream: ScriptedUpstream, bob: User, as_bob: Client, as_admin: Client
) -> None:
    assert as_bob.post(page_of(provider)).status_code in (302, 403)
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_provider"))
    assert as_bob.post(page_of(provider)).status_code == 403
    shown = as_bob.get(f"/admin/conversations/provider/{provider.pk}/change/").content.decode()
    assert "Test this connection" not in shown
    assert as_admin.get(page_of(provider)).status_code == 405
    assert as_admin.post("/admin/conversations/provider/999999/probe/").status_code == 404
    assert upstream.requests == []
