"""The search for models, and the picker in the pages."""

import pytest
from django.test import Client

from conversations.models import Conversation, OfferedModel, Provider
from conversations.upstream.listing import Listed


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
