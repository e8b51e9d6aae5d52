"""No address of a list in the administration spells out, letter by letter, what people wrote."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from conversations import models

# All columns that hold words of people, models and servers, or secrets.
TEXTS: dict[type[Model], tuple[str, ...]] = {
    User: ("password",),
    models.Conversation: ("title", "system_prompt", "parameters"),
    models.Message: ("content", "reasoning", "refusal", "tool_calls", "error", "parameters"),
    models.GenerationEvent: ("content", "reasoning", "refusal"),
    models.Generation: ("error", "parameters"),
    models.Draft: ("content",),
    models.QueuedMessage: ("content", "held"),
    models.SavedPrompt: ("name", "text"),
    models.Share: ("title", "system_prompt", "turns", "token"),
    models.Tag: ("name",),
    models.Import: ("file_name", "problems", "error"),
    models.ImportPart: ("data",),
    models.Provider: ("api_key", "extra_headers"),
    models.SetupToken: ("digest",),
}
FAR = 3  # relations from a list to a text


def ways(model: type[Model], far: int = FAR, seen: tuple[type[Model], ...] = ()) -> Iterator[str]:
    """The lookups that lead from a model's rows to a text."""
    yield from TEXTS.get(model, ())
    for field in model._meta.get_fields():
        other = field.related_model
        if far and isinstance(other, type) and other not in seen:
            yield from (f"{field.name}__{way}" for way in ways(other, far - 1, (*seen, model)))


@pytest.fixture
def lists() -> list[type[Model]]:
    return list(admin.site._registry)


def test_no_way_leads_there(lists: list[type[Model]], admin_user: User, rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = admin_user
    found = [(model, way) for model in lists for way in ways(model)]
    assert len(found) > 400
    for model, way in found:
        for lookup in (way, f"{way}__startswith", f"{way}__regex"):
            allowed = admin.site._registry[model].lookup_allowed(lookup, "x", request)
            assert not allowed, f"{model.__name__}: {lookup}"


def test_the_lists_ask_whether_a_lookup_is_allowed(lists: list[type[Model]], as_admin: Client) -> None:
    for model in lists:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for way in list(ways(model, far=1))[:2]:
            assert as_admin.get(f"{address}?{way}__startswith=x").status_code in (302, 400), (address, way)
