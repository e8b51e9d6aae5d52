"""What the picker shows: the likely models on the page, all others by a search; however many there are."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations import picker
from conversations.models import Conversation, OfferedModel, Provider
from conversations.picker import FIRST, FOUND, Picker
from conversations.upstream.listing import Listed

MANY = 5_000


def connect(name: str, *models: str, is_default: bool = False) -> Provider:
    provider = Provider.objects.create(name=name, base_url=f"http://{name}/v1", is_default=is_default)
    OfferedModel.objects.follow(provider.pk, [Listed(model) for model in models])
    return provider


@pytest.fixture
def first(db: None) -> Provider:
    return connect("first", "gpt", "only-first", is_default=True)


@pytest.fixture
def second(first: Provider) -> Provider:
    return connect("second", "gpt", "only-second")


@pytest.fixture
def huge(first: Provider) -> Provider:
    return connect("huge", *(f"vendor/model-{number:04}" for number in range(MANY)))


def shown(user: User, *chosen: int | str | None, kept: bool = False, everything: bool = False) -> Picker:
    providers = list(Provider.objects.usable())
    pair = (chosen[0], chosen[1]) if chosen else None
    return picker.build(user, providers, pair, kept=kept, everything=everything)  # type: ignore[arg-type]


def groups(built: Picker) -> dict[str, list[str]]:
    return {group.provider: [option.value for option in group.options] for group in built.groups}


def picked(built: Picker) -> str:
    assert built.picked is not None
    return built.picked.value


def test_models_stand_by_provider_and_shared_ones_say_whose(
    alice: User, first: Provider, second: Provider
) -> None:
    built = shown(alice)
    assert groups(built) == {
        "first": [f"@{first.pk}/gpt", "only-first"],
        "second": [f"@{second.pk}/gpt", "only-second"],
    }
    assert picked(built) == f"@{first.pk}/gpt"
    assert not built.searchable


def test_names_are_those_that_the_administrator_gave(alice: User, first: Provider) -> None:
    OfferedModel.objects.filter(model_id="gpt").update(display_name="The big one")
    OfferedModel.objects.filter(model_id="only-first").update(hidden=True)
    [option] = shown(alice).options
    assert (option.value, option.name) == ("gpt", "The big one")


def test_a_conversations_model_is_picked_with_its_provider(
    alice: User, first: Provider, second: Provider
) -> None:
    assert picked(shown(alice, second.pk, "gpt", kept=True)) == f"@{second.pk}/gpt"


@pytest.mark.parametrize("fate", ["hidden", "gone"])
def test_a_conversation_keeps_its_model_in_the_picker_whatever_became_of_it(
    alice: User, first: Provider, fate: str
) -> None:
    if fate == "hidden":
        OfferedModel.objects.filter(model_id="gpt").update(hidden=True)
    else:
        OfferedModel.objects.filter(model_id="gpt").delete()
    assert picked(shown(alice, first.pk, "gpt", kept=True)) == "gpt"
    assert picked(shown(alice, first.pk, "gpt")) == "only-first"


def test_a_model_whose_provider_is_gone_stands_apart_or_with_who_offers_it(
    alice: User, first: Provider, second: Provider
) -> None:
    Provider.objects.filter(pk=second.pk).update(enabled=False)
    assert groups(shown(alice, second.pk, "only-second", kept=True))[""] == ["only-second"]
    assert picked(shown(alice, second.pk, "gpt", kept=True)) == "gpt"
    assert "" not in groups(shown(alice, second.pk, "gpt", kept=True))


def test_a_default_model_that_no_list_names_is_there(alice: User, first: Provider) -> None:
    Provider.objects.update(default_model="preview")
    assert picked(shown(alice)) == "preview"
    OfferedModel.objects.create(provider=first, model_id="preview", hidden=True, listed=False)
    assert "preview" not in groups(shown(alice))["first"]


def test_a_server_that_does_not_answer_is_marked_and_keeps_its_models(
    alice: User, first: Provider, second: Provider
) -> None:
    Provider.objects.filter(pk=second.pk).update(models_error="No route.")
    assert [group.stale for group in shown(alice).groups] == [False, True]
    assert "only-second" in groups(shown(alice))["second"]


def test_of_thousands_a_page_has_the_first_and_what_its_person_used(
    alice: User, bob: User, huge: Provider
) -> None:
    for owner, number in ((alice, 4000), (bob, 4001), (alice, 4002)):
        Conversation.objects.create(owner=owner, provider=huge, model=f"vendor/model-{number:04}")
    built = shown(alice)
    assert groups(built)["huge"][:3] == ["vendor/model-4002", "vendor/model-4000", "vendor/model-0000"]
    assert len(groups(built)["huge"]) == FIRST + 2
    assert (built.more, built.searchable) == (True, True)
    assert picked(shown(alice, huge.pk, "vendor/model-3000")) == "vendor/model-3000"
    assert len(shown(alice, everything=True).options) == MANY + 2
    assert not shown(alice, everything=True).more


def test_the_first_visible_ones_count_not_the_first_of_the_list(alice: User, huge: Provider) -> None:
    OfferedModel.objects.filter(provider=huge, position__lt=4990).update(hidden=True)
    assert len(groups(shown(alice))["huge"]) == 10
    assert not shown(alice).more


def values(words: str, after: str = "") -> list[str]:
    return [model["value"] for model in picker.search(words, after)[0]]


def test_the_search_wants_all_words_in_id_name_or_provider(
    first: Provider, second: Provider, huge: Provider
) -> None:
    OfferedModel.objects.filter(model_id="only-second").update(display_name="Quick Helper")
    assert values("MODEL-4999") == ["vendor/model-4999"]
    assert values("helper quick") == ["only-second"]
    assert values("gpt second") == [f"@{second.pk}/gpt"]
    assert values("nothing like it") == values("4999 gpt") == values("100%") == values("\0x") == []


def test_the_search_finds_nothing_hidden_or_switched_off(first: Provider, second: Provider) -> None:
    OfferedModel.objects.filter(model_id="only-first").update(hidden=True)
    Provider.objects.filter(pk=second.pk).update(enabled=False)
    assert values("only") == []
    assert values("") == ["gpt"]


def test_the_search_goes_on_where_it_ended(huge: Provider) -> None:
    seen: list[str] = []
    after = ""
    while True:
        found, after = picker.search("model-0", after)
        assert len(found) <= FOUND
        seen += [model["value"] for model in found]
        if not after:
            break
    assert seen == [f"vendor/model-{number:04}" for number in range(1000)]


@pytest.mark.parametrize("after", ["x", "1.2", "9999.1.1", "-1.0.0", "0.0.99999999999999999999"])
def test_a_place_that_makes_no_sense_is_no_error(first: Provider, after: str) -> None:
    assert len(values("", after)) in (0, 2)


@pytest.mark.parametrize("address", ["/", "/models/", "/models/?q=model", "talk"])
def test_thousands_make_pages_no_heavier(as_alice: Client, alice: User, huge: Provider, address: str) -> None:
    talk = Conversation.objects.create(owner=alice, provider=huge, model="vendor/model-0003")
    address = talk.get_absolute_url() if address == "talk" else address
    OfferedModel.objects.filter(provider=huge, position__gt=200).update(hidden=True)
    sizes, counts = [], []
    # What a process remembers for a while is read now.
    as_alice.get(address)
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            sizes.append(len(as_alice.get(address).content))
        counts.append(len(queries))
        OfferedModel.objects.update(hidden=False)
    assert counts[0] == counts[1] <= 19
    assert sizes[0] == pytest.approx(sizes[1], rel=0.02)
    assert sizes[1] < 40_000
