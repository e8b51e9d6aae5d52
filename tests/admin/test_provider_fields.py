"""Extra headers and default parameters of a provider: what goes in, what comes out, what is refused."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client

from conversations import lifecycle, sending
from conversations.claims import claim_waiting
from conversations.models import OfferedModel, Provider
from tests.scripted_upstream import ScriptedUpstream

SECRET = "azure-secret-0123456789"
LIST = "/admin/conversations/provider/"


@pytest.fixture
def azure(db: None) -> Provider:
    provider = Provider.objects.create(name="Azure", base_url="https://azure.example/v1", api_key="sk-key")
    provider.enter_headers((("api-key", SECRET), ("X-Team", "blue")))
    provider.save()
    OfferedModel.objects.create(provider=provider, model_id="gpt")
    return provider


def page_of(provider: Provider) -> str:
    return f"{LIST}{provider.pk}/change/"


def submit(client: Client, provider: Provider | None, **fields: Any) -> Any:
    form = {"name": "Azure", "base_url": "https://azure.example/v1", "enabled": "on"}
    form |= {"stream_options": "on", "developer_role": "on", "default_model": ""}
    return client.post(page_of(provider) if provider else f"{LIST}add/", form | fields, follow=True)


def headers_of(provider: Provider) -> dict[str, str]:
    return dict(Provider.objects.get(pk=provider.pk).headers)


def test_a_value_is_never_shown_the_names_are(azure: Provider, as_admin: Client) -> None:
    submit(as_admin, azure, new_headers=f"api-key: {SECRET}-2\nX-Team: blue")
    for page in (LIST, page_of(azure), f"{LIST}{azure.pk}/history/", "/admin/"):
        assert SECRET not in as_admin.get(page).content.decode(), page
    assert "api-key: ••••, X-Team: ••••" in as_admin.get(page_of(azure)).content.decode()
    assert not any(SECRET in entry.change_message for entry in LogEntry.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SELECT extra_headers FROM conversations_provider")
        assert "api-key" not in cursor.fetchone()[0]


def test_a_wrong_form_does_not_give_typed_values_back(azure: Provider, as_admin: Client) -> None:
    response = submit(as_admin, azure, new_headers=f"api-key: {SECRET}", base_url="nonsense")
    assert "Please write an address" in response.content.decode()
    assert SECRET not in response.content.decode()


def test_an_empty_box_keeps_them_new_ones_replace_them_and_a_tick_removes_them(
    azure: Provider, as_admin: Client
) -> None:
    submit(as_admin, azure, name="Renamed")
    assert headers_of(azure) == {"api-key": SECRET, "X-Team": "blue"}
    submit(as_admin, azure, new_headers="Authorization: Basic Zm9v\n\nX-Org :  42 ")
    assert headers_of(azure) == {"Authorization": "Basic Zm9v", "X-Org": "42"}
    submit(as_admin, azure, forget_headers="on")
    assert headers_of(azure) == {}


def test_another_server_gets_neither_key_nor_headers_nor_the_old_list(
    azure: Provider, as_admin: Client
) -> None:
    response = submit(as_admin, azure, base_url="https://evil.example/v1")
    azure.refresh_from_db()
    assert (azure.api_key, azure.extra_headers) == ("", "")
    assert "The stored key and headers were removed" in response.content.decode()
    assert not azure.offered.exists()


def test_headers_that_are_entered_with_the_new_address_stay(azure: Provider, as_admin: Client) -> None:
    submit(as_admin, azure, base_url="https://new.example/v1", new_headers="api-key: other")
    azure.refresh_from_db()
    assert (azure.api_key, azure.headers) == ("", (("api-key", "other"),))


@pytest.mark.parametrize(
    "wrong",
    ["no colon", "name:", "two words: x", "Host: evil", "Content-Length: 5", "connection: close",
     "Transfer-Encoding: chunked", "X: naïve", "X: a\x00b", f"X: {'y' * 5000}",
     "\n".join(f"X-{number}: y" for number in range(21))],
)  # fmt: skip
def test_what_no_request_can_carry_is_refused_in_words(azure: Provider, as_admin: Client, wrong: str) -> None:
    response = submit(as_admin, azure, new_headers=wrong)
    assert "errornote" in response.content.decode()
    assert headers_of(azure) == {"api-key": SECRET, "X-Team": "blue"}


def test_they_are_sent_with_every_answer(azure: Provider, alice: User) -> None:
    sending.start_conversation(alice, content="Hello", client_id=uuid4())
    [claim] = claim_waiting("me", 1)
    assert dict(claim.endpoint.headers) == {"api-key": SECRET, "X-Team": "blue"}
    assert SECRET not in repr(claim)


def test_default_parameters_are_fields_and_lie_under_the_conversations_own(
    azure: Provider, as_admin: Client, alice: User
) -> None:
    submit(as_admin, azure, temperature="0,3", max_tokens="500", stop="END\n\\n\\n", seed="")
    azure.refresh_from_db()
    assert azure.parameters == {"temperature": 0.3, "max_tokens": 500, "stop": ["END", "\n\n"]}
    page = as_admin.get(page_of(azure)).content.decode()
    assert 'value="0.3"' in page
    sending.start_conversation(alice, content="Hello", parameters={"temperature": 1.5})
    [claim] = claim_waiting("me", 1)
    assert (claim.body["temperature"], claim.body["max_tokens"]) == (1.5, 500)


@pytest.mark.parametrize(("name", "value"), [("temperature", "hot"), ("max_tokens", "0"), ("top_p", "2")])
def test_a_parameter_that_makes_no_sense_is_said_at_its_field(
    azure: Provider, as_admin: Client, name: str, value: str
) -> None:
    response = submit(as_admin, azure, **{name: value})
    assert name in response.context["adminform"].form.errors
    azure.refresh_from_db()
    assert azure.parameters == {}


@pytest.mark.parametrize("kind", ["environment", "local"])
def test_what_we_wrote_ourselves_takes_parameters_but_no_headers(as_admin: Client, kind: str) -> None:
    ours = Provider.objects.create(name="ours", kind=kind, base_url="http://127.0.0.1:1/v1")
    assert 'name="new_headers"' not in as_admin.get(page_of(ours)).content.decode()
    submit(as_admin, ours, new_headers="X: y", temperature="1")
    ours.refresh_from_db()
    assert (ours.headers, ours.parameters) == ((), {"temperature": 1.0})


def test_who_may_only_look_sees_names_and_no_fields(azure: Provider, bob: User, as_bob: Client) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_provider"))
    Provider.objects.update(parameters={"temperature": 0.5})
    page = as_bob.get(page_of(azure)).content.decode()
    assert "X-Team: ••••" in page
    assert "temperature 0.5" in page
    assert 'name="new_headers"' not in page
    assert SECRET not in page


@pytest.mark.parametrize("column", ["extra_headers", "api_key"])
def test_no_address_spells_a_secret_out(azure: Provider, as_admin: Client, column: str) -> None:
    assert as_admin.get(f"{LIST}?{column}__startswith=x").status_code == 400


def test_one_can_be_added_with_headers_and_parameters(as_admin: Client, db: None) -> None:
    submit(as_admin, None, name="New", new_headers="api-key: x", temperature="1")
    new = Provider.objects.get(name="New")
    assert (new.headers, new.parameters) == ((("api-key", "x"),), {"temperature": 1.0})


def test_the_lists_can_be_fetched_at_once(
    transactional_db: None,
    provider: Provider,
    upstream: ScriptedUpstream,
    azure: Provider,
    as_admin: Client,
) -> None:
    Provider.objects.filter(pk=azure.pk).update(base_url="http://127.0.0.1:9/v1")
    upstream.models = ["gamma"]
    chosen = {"action": "fetch_models", "_selected_action": [str(provider.pk), str(azure.pk)]}
    said = as_admin.post(LIST, chosen, follow=True).content.decode()
    assert "Scripted: 1 model<" in said
    assert "Azure: Nothing listens at 127.0.0.1:9" in said
    assert list(provider.offered.visible().values_list("model_id", flat=True)) == ["gamma"]


def test_a_saved_provider_is_asked_for_its_models_soon(
    azure: Provider,
    as_admin: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(lifecycle, "look_for_models", asked.append)
    with django_capture_on_commit_callbacks(execute=True):
        submit(as_admin, azure, name="Renamed")
    assert asked == [azure.pk]


def test_an_administrator_says_how_a_server_goes_on_with_an_answer(azure: Provider, as_admin: Client) -> None:
    submit(as_admin, azure, continuation="prefill")
    azure.refresh_from_db()
    assert azure.continuation == "prefill"
    refused = submit(as_admin, azure, continuation="by magic").content.decode()
    assert "Select a valid choice" in refused
    azure.refresh_from_db()
    assert azure.continuation == "prefill"
