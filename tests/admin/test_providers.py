"""Providers in the admin: keys go in and never come out, and never travel to another server."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client

from conversations.models import Provider

KEY = "sk-very-secret-0123456789"
LIST = "/admin/conversations/provider/"


@pytest.fixture
def openai(db: None) -> Provider:
    return Provider.objects.create(name="OpenAI", base_url="https://api.openai.com/v1", api_key=KEY)


def page_of(provider: Provider) -> str:
    return f"{LIST}{provider.pk}/change/"


def submit(client: Client, provider: Provider | None, **fields: Any) -> Any:
    """Sends the form as a browser would, with `fields` changed."""
    form = {"name": "OpenAI", "base_url": "https://api.openai.com/v1", "enabled": "on"}
    form |= {"stream_options": "on", "developer_role": "on", "default_model": ""}
    return client.post(page_of(provider) if provider else f"{LIST}add/", form | fields, follow=True)


def key_of(provider: Provider) -> str:
    return Provider.objects.get(pk=provider.pk).api_key


def test_a_key_is_never_shown(openai: Provider, as_admin: Client) -> None:
    submit(as_admin, openai, new_key=f"{KEY}-2")
    for page in (LIST, page_of(openai), f"{page_of(openai)[:-7]}history/", "/admin/"):
        said = as_admin.get(page).content.decode()
        assert KEY not in said, page
        assert KEY[-4:] not in said, page
    assert "•••• set" in as_admin.get(page_of(openai)).content.decode()
    assert not any(KEY in entry.change_message for entry in LogEntry.objects.all())


def test_a_key_is_stored_encrypted(openai: Provider) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM conversations_provider")
        assert KEY not in cursor.fetchone()[0]


def test_a_wrong_form_does_not_give_the_typed_key_back(openai: Provider, as_admin: Client) -> None:
    response = submit(as_admin, openai, new_key=KEY, base_url="nonsense")
    assert "Please write an address" in response.content.decode()
    assert KEY not in response.content.decode()


def test_an_empty_field_keeps_the_key_and_a_box_removes_it(openai: Provider, as_admin: Client) -> None:
    submit(as_admin, openai, name="Renamed")
    assert key_of(openai) == KEY
    submit(as_admin, openai, forget_key="on")
    assert key_of(openai) == ""


@pytest.mark.parametrize(
    "elsewhere", ["http://api.openai.com/v1", "https://evil.example/v1", "https://api.openai.com:8443/v1"]
)
def test_another_server_does_not_get_the_key(openai: Provider, as_admin: Client, elsewhere: str) -> None:
    response = submit(as_admin, openai, base_url=elsewhere)
    assert key_of(openai) == ""
    assert "The stored key was removed" in response.content.decode()


@pytest.mark.parametrize("same", ["https://api.openai.com/v2", "https://API.openai.com:443/v1"])
def test_the_same_server_keeps_it(openai: Provider, as_admin: Client, same: str) -> None:
    submit(as_admin, openai, base_url=same)
    assert key_of(openai) == KEY


@pytest.mark.parametrize("key", ["sk-new", KEY])
def test_a_key_that_is_entered_with_the_new_address_stays(
    openai: Provider, as_admin: Client, key: str
) -> None:
    submit(as_admin, openai, base_url="https://llm.example/v1", new_key=key)
    assert key_of(openai) == key


def test_the_rule_holds_outside_the_admin_too(openai: Provider) -> None:
    openai.base_url = "https://evil.example/v1"
    openai.save(update_fields=["base_url"])
    assert key_of(openai) == ""


def test_a_new_provider_can_be_added_and_becomes_the_default(as_admin: Client) -> None:
    assert submit(as_admin, None, base_url="http://vllm:8000/v1", new_key="k").status_code == 200
    provider = Provider.objects.get()
    assert (provider.api_key, provider.is_default, provider.kind) == ("k", True, "configured")


def test_it_takes_over_from_the_demo_model_and_from_no_other(as_admin: Client) -> None:
    Provider.objects.create(name="Demo", base_url="http://127.0.0.1:1/v1", kind="local", is_default=True)
    for name in ("first", "second"):
        submit(as_admin, None, name=name, base_url="http://vllm:8000/v1", new_key="k")
    assert Provider.objects.get(is_default=True).name == "first"


@pytest.mark.parametrize("key", ["two words", "naïve", "line\nbreak"])
def test_a_key_that_no_header_can_carry_is_refused(openai: Provider, as_admin: Client, key: str) -> None:
    submit(as_admin, openai, new_key=key)
    assert key_of(openai) == KEY


@pytest.mark.parametrize("kind", ["environment", "local"])
def test_what_we_wrote_ourselves_can_only_be_switched_off(as_admin: Client, kind: str) -> None:
    ours = Provider.objects.create(name="ours", kind=kind, base_url="http://127.0.0.1:1/v1", api_key="k")
    assert 'name="base_url"' not in as_admin.get(page_of(ours)).content.decode()
    submit(as_admin, ours, name="x", base_url="https://evil.example/v1", new_key="stolen", enabled="")
    ours.refresh_from_db()
    assert (ours.name, ours.base_url, ours.api_key, ours.enabled) == (
        "ours",
        "http://127.0.0.1:1/v1",
        "k",
        False,
    )
    assert as_admin.post(f"{LIST}{ours.pk}/delete/", {"post": "yes"}).status_code == 403


def choose(client: Client, action: str, *providers: Provider) -> str:
    chosen = {"action": action, "_selected_action": [str(provider.pk) for provider in providers]}
    return str(client.post(LIST, chosen, follow=True).content.decode())


def test_one_provider_can_be_made_the_default(openai: Provider, as_admin: Client) -> None:
    other = Provider.objects.create(name="other", base_url="http://o/v1", is_default=True)
    assert "New conversations go to OpenAI" in choose(as_admin, "make_default", openai)
    assert list(Provider.objects.filter(is_default=True)) == [openai]
    assert "exactly one" in choose(as_admin, "make_default", openai, other)


def test_looking_is_not_enough_for_actions(openai: Provider, bob: User, as_bob: Client) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_provider"))
    choose(as_bob, "make_default", openai)
    assert not Provider.objects.filter(is_default=True).exists()
    assert submit(as_bob, openai, name="mine").status_code == 403
    assert 'name="new_key"' not in as_bob.get(page_of(openai)).content.decode()
