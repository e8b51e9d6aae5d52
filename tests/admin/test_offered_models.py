"""The models in the admin: hide, rename, price; and thousands of them on quick pages."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.models import ModelPrice, OfferedModel, Provider
from conversations.upstream.listing import Listed

LIST = "/admin/conversations/offeredmodel/"


@pytest.fixture
def openai(db: None) -> Provider:
    provider = Provider.objects.create(name="OpenAI", base_url="https://api.openai.com/v1")
    OfferedModel.objects.follow(provider.pk, [Listed("gpt-4o-mini", 128000), Listed("house-model")])
    return provider


def offer(provider: Provider, many: int) -> None:
    OfferedModel.objects.follow(provider.pk, [Listed(f"model-{number}") for number in range(many)])


def page(client: Client, query: str = "") -> str:
    response = client.get(f"{LIST}{query}")
    assert response.status_code == 200
    return str(response.content.decode())


def choose(client: Client, action: str, *models: OfferedModel) -> Any:
    chosen = {"action": action, "_selected_action": [str(model.pk) for model in models]}
    return client.post(LIST, chosen, follow=True)


def test_models_can_be_hidden_and_shown_again(openai: Provider, as_admin: Client) -> None:
    models = list(OfferedModel.objects.all())
    assert "2 hidden" in choose(as_admin, "hide", *models).content.decode()
    assert not OfferedModel.objects.visible().exists()
    choose(as_admin, "show", models[0])
    assert list(OfferedModel.objects.visible()) == models[:1]


def test_names_are_changed_in_the_list(openai: Provider, as_admin: Client) -> None:
    first, second = OfferedModel.objects.order_by("position")
    form = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "_save": "Save"}
    form |= {"form-0-id": str(first.pk), "form-0-display_name": "Quick", "form-1-id": str(second.pk)}
    as_admin.post(LIST, form | {"form-1-display_name": "", "form-1-hidden": "on"})
    assert list(OfferedModel.objects.order_by("position").values_list("display_name", "hidden")) == [
        ("Quick", False),
        ("", True),
    ]


def test_filters_and_the_search_find_models(openai: Provider, as_admin: Client) -> None:
    OfferedModel.objects.filter(model_id="house-model").update(hidden=True)
    assert "house-model" not in page(as_admin, "?hidden__exact=0")
    assert "gpt-4o-mini" not in page(as_admin, "?q=house")
    assert "gpt-4o-mini" in page(as_admin, f"?provider__id__exact={openai.pk}&listed__exact=1")


def test_the_price_lists_make_a_suggestion_and_an_entered_price_wins(
    openai: Provider, as_admin: Client
) -> None:
    said = page(as_admin)
    assert "suggested: 0.15 in, 0.6 out USD" in said
    assert "Enter a price" in said
    start = as_admin.get(
        f"/admin/conversations/modelprice/add/?provider={openai.pk}&model=gpt-4o-mini&input_price=0.15"
    ).content.decode()
    assert 'value="0.15"' in start
    ModelPrice.objects.create(
        model="gpt*", input_price=Decimal(1), output_price=Decimal("2.5"), valid_from=timezone.now()
    )
    assert "1 in, 2.5 out USD" in page(as_admin)


@pytest.mark.parametrize("query", ["", "?q=model-4", "?hidden__exact=0"])
def test_thousands_take_no_more_queries(openai: Provider, as_admin: Client, query: str) -> None:
    counts = []
    for many in (10, 5000):
        offer(openai, many)
        with CaptureQueriesContext(connection) as queries:
            said = page(as_admin, query)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert len(said) < 150_000


def test_the_providers_own_pages_stay_small_too(openai: Provider, as_admin: Client) -> None:
    offer(openai, 5000)
    with CaptureQueriesContext(connection) as queries:
        said = as_admin.get("/admin/conversations/provider/").content.decode()
        said += as_admin.get(f"/admin/conversations/provider/{openai.pk}/change/").content.decode()
    assert f"provider__id__exact={openai.pk}" in said
    assert "5000 models" in said
    assert len(queries) < 20
    assert len(said) < 100_000


def test_a_model_that_no_list_names_can_be_entered_and_deleted(openai: Provider, as_admin: Client) -> None:
    as_admin.post(f"{LIST}add/", {"provider": openai.pk, "model_id": "deployment"})
    row = OfferedModel.objects.visible().get(model_id="deployment")
    listed = OfferedModel.objects.get(model_id="house-model")
    assert as_admin.post(f"{LIST}{listed.pk}/delete/", {"post": "yes"}).status_code == 403
    as_admin.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})
    assert not OfferedModel.objects.filter(pk=row.pk).exists()
    assert as_admin.get(f"{LIST}{listed.pk}/change/").status_code == 200


def test_looking_is_not_enough_for_actions(openai: Provider, bob: User, as_bob: Client) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_offeredmodel"))
    choose(as_bob, "hide", *OfferedModel.objects.all())
    assert not OfferedModel.objects.filter(hidden=True).exists()
    assert 'name="form-0-display_name"' not in page(as_bob)
