"""The search for models, and the picker in the pages."""

import asyncio
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import AsyncClient, Client

from conversations.catalogue import save_trouble
from conversations.lifecycle import House
from conversations.models import Conversation, ModelPrice, OfferedModel, Provider
from conversations.threads import in_database
from conversations.upstream.listing import Listed
from tests.scripted_upstream import ScriptedUpstream, wait_for


def test_the_search_answers_in_json(as_alice: Client, provider: Provider) -> None:
    OfferedModel.objects.filter(model_id="beta").update(display_name="<b>Beta</b>", context_length=8192)
    response = as_alice.get("/models/", {"q": "BET"})
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "private, no-store"
    found = {"value": "beta", "name": "<b>Beta</b>", "id": "beta", "provider": "scripted", "context": 8192}
    assert response.json() == {"models": [found], "next": ""}


def test_it_is_for_people_who_are_signed_in(client: Client, provider: Provider) -> None:
    response = client.get("/models/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/models/")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_only_reads(as_alice: Client, method: str) -> None:
    assert getattr(as_alice, method)("/models/").status_code == 405


def test_a_hostile_name_stays_text(as_alice: Client, provider: Provider) -> None:
    name = '"><script>alert(1)</script>'
    OfferedModel.objects.follow(provider.pk, [Listed(name)])
    Provider.objects.update(default_model="", name=name)
    assert b"<script>alert" not in as_alice.get("/").content


def test_the_model_of_a_form_that_comes_back_is_still_picked(as_alice: Client, provider: Provider) -> None:
    response = as_alice.post("/conversations/", {"message": " ", "model": "beta"})
    assert response.status_code == 400
    assert '<option value="beta" selected>' in response.content.decode()


def test_a_hidden_model_is_refused_in_words_and_the_text_is_kept(
    as_alice: Client, provider: Provider
) -> None:
    OfferedModel.objects.filter(model_id="beta").update(hidden=True)
    response = as_alice.post("/conversations/", {"message": "My long text", "model": "beta"})
    assert response.status_code == 400
    said = response.content.decode()
    assert "beta is not offered any more" in said
    assert "My long text" in said
    assert not Conversation.objects.exists()


def test_without_scripts_a_link_leads_to_the_whole_list(as_alice: Client, provider: Provider) -> None:
    OfferedModel.objects.follow(provider.pk, [Listed(f"m{number}") for number in range(120)])
    short, whole = (as_alice.get(address).content.decode() for address in ("/", "/?all=1"))
    assert '<a class="composer__all" href="?all=1">' in short
    assert 'value="m119"' not in short
    assert 'value="m119"' in whole
    assert "composer__all" not in whole


def test_a_page_says_which_server_is_away(as_alice: Client, provider: Provider) -> None:
    Provider.objects.update(models_error="Away.")
    assert "scripted (does not answer at the moment)" in as_alice.get("/").content.decode()


def about(client: Client, **asked: str) -> dict[str, Any]:
    response = client.get("/models/about/", asked)
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def test_a_model_is_described_where_it_is_chosen(as_alice: Client, provider: Provider) -> None:
    provider.parameters = {"temperature": 0.3}
    provider.save()
    OfferedModel.objects.filter(model_id="beta").update(listed_context=131072, system_prompt="Be kind.")
    ModelPrice.objects.create(model="bet*", input_price="0.15", output_price="0.6", currency="EUR")
    told = about(as_alice, model="beta")
    assert told["facts"] == (
        "Context: 131,072 tokens of prompt and answer together. "
        "Price of a million tokens: 0.15 in, 0.6 out (EUR)."
    )
    shown = {name: told["defaults"][name] for name in ("temperature", "seed", "system_prompt")}
    assert shown == {"temperature": "Default: 0.3", "seed": "Default", "system_prompt": "Be kind."}
    assert about(as_alice, model="alpha")["facts"] == ""
    page = as_alice.post("/conversations/", {"message": " ", "model": "beta"}).content.decode()
    assert "131,072 tokens" in page
    assert 'placeholder="Be kind."' in page
    OfferedModel.objects.filter(model_id="beta").update(hidden=True)
    assert about(as_alice, model="beta")["facts"] == ""


def test_it_is_described_for_a_conversation_of_mine_only(
    as_alice: Client, as_bob: Client, alice: User, provider: Provider
) -> None:
    OfferedModel.objects.update(system_prompt="For new ones.", listed_context=4096)
    mine = Conversation.objects.create(owner=alice, model="beta", provider=provider)
    OfferedModel.objects.filter(model_id="beta").update(hidden=True)
    told = about(as_alice, model="", conversation=str(mine.id))
    assert "4,096 tokens" in told["facts"]
    assert told["defaults"]["system_prompt"] != "For new ones."
    for other in (str(mine.id), str(uuid.uuid4()), "nonsense"):
        assert as_bob.get("/models/about/", {"conversation": other}).status_code == 404


async def test_no_page_waits_for_a_server_that_hangs(
    house: House, provider: Provider, alice: User, upstream: ScriptedUpstream
) -> None:
    upstream.script(model="GET /models", steps=[wait_for("never")])
    house.watch_models()
    await asyncio.to_thread(upstream.reached, "never")
    client = AsyncClient()
    await client.aforce_login(alice)
    page = (await client.get("/")).content.decode()
    assert '<option value="beta">' in page
    assert "does not answer" not in page
    found = (await client.get("/models/", {"q": "beta"})).json()["models"]
    assert [model["value"] for model in found] == ["beta"]
    await in_database(save_trouble, provider.pk, "It does not answer.")
    page = (await client.get("/")).content.decode()
    assert "scripted (does not answer at the moment)" in page
    assert '<option value="beta">' in page
