"""Who answers: what was chosen, else what the conversation has, else the default; and never somebody else."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from conversations import sending
from conversations.models import Conversation, Generation, Message, OfferedModel, Provider
from conversations.offers import choose
from conversations.refusals import Invalid, NoUpstream
from conversations.upstream.listing import Listed


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


def talk(user: User, model: str = "") -> Conversation:
    """A conversation with one answer that has ended."""
    sent = sending.start_conversation(user, content="Hello", model=model)
    Message.objects.filter(pk=sent.answer.pk).update(status="complete")
    Generation.objects.filter(message=sent.answer).update(status="complete")
    return sent.conversation


def asked(user: User, model: str = "", conversation: Conversation | None = None) -> tuple[str, str]:
    choice = choose(user, model, conversation=conversation)
    return choice.provider.name, choice.model


def hide(model: str) -> None:
    OfferedModel.objects.filter(model_id=model).update(hidden=True)


def test_the_default_providers_first_model_answers_who_names_none(alice: User, second: Provider) -> None:
    assert asked(alice) == ("first", "gpt")


def test_a_name_leads_to_the_provider_that_offers_it(alice: User, second: Provider) -> None:
    assert asked(alice, "only-second") == ("second", "only-second")


def test_of_two_that_offer_the_same_the_default_answers_or_the_one_that_is_named(
    alice: User, first: Provider, second: Provider
) -> None:
    assert asked(alice, "gpt") == ("first", "gpt")
    assert asked(alice, f"@{second.pk}/gpt") == ("second", "gpt")


@pytest.mark.parametrize("name", ["@cf/meta/llama-3", "@", "@/x", "org/model:free", "@12"])
def test_a_name_that_only_looks_like_a_choice_is_a_name(alice: User, first: Provider, name: str) -> None:
    assert asked(alice, name) == ("first", name)


def test_a_model_that_nobody_lists_is_asked_at_the_default_provider(alice: User, second: Provider) -> None:
    assert asked(alice, "secret-preview") == ("first", "secret-preview")


def test_a_conversation_stays_with_its_provider(alice: User, first: Provider, second: Provider) -> None:
    mine = talk(alice, f"@{second.pk}/gpt")
    sending.send(alice, mine.id, content="And?", client_id=uuid4())
    assert (
        list(Generation.objects.values_list("provider__name", "model_requested")) == [("second", "gpt")] * 2
    )
    assert asked(alice, "gpt", mine) == ("second", "gpt")
    assert asked(alice, f"@{first.pk}/gpt", mine) == ("first", "gpt")


def test_it_stays_there_when_another_provider_offers_the_same_model_later(
    alice: User, first: Provider, second: Provider
) -> None:
    mine = talk(alice, "only-second")
    OfferedModel.objects.follow(first.pk, [Listed("only-second")])
    assert asked(alice, "", mine) == ("second", "only-second")


@pytest.mark.parametrize("gone", ["deleted", "disabled"])
def test_when_its_provider_is_gone_one_that_offers_the_model_takes_over(
    alice: User, first: Provider, second: Provider, gone: str
) -> None:
    mine, lonely = talk(alice, f"@{second.pk}/gpt"), talk(alice, "only-second")
    if gone == "deleted":
        second.delete()
    else:
        Provider.objects.filter(pk=second.pk).update(enabled=False)
    for conversation in (mine, lonely):
        conversation.refresh_from_db()
    assert asked(alice, "", mine) == ("first", "gpt")
    with pytest.raises(NoUpstream, match=r"only-second .* Please choose another"):
        choose(alice, "", conversation=lonely)
    assert asked(alice, "gpt", lonely) == ("first", "gpt")


def test_a_conversation_keeps_a_model_that_its_server_lists_no_more(alice: User, first: Provider) -> None:
    mine = talk(alice, "only-first")
    OfferedModel.objects.follow(first.pk, [Listed("gpt")])
    assert asked(alice, "", mine) == ("first", "only-first")


def test_a_hidden_model_cannot_be_chosen_but_who_has_it_keeps_it(alice: User, first: Provider) -> None:
    mine = talk(alice, "gpt")
    hide("gpt")
    for value in ("gpt", f"@{first.pk}/gpt"):
        with pytest.raises(Invalid, match="gpt is not offered any more"):
            choose(alice, value)
    assert asked(alice, "gpt", mine) == ("first", "gpt")
    assert asked(alice) == ("first", "only-first")


def test_hidden_at_one_provider_it_is_found_at_the_other(
    alice: User, first: Provider, second: Provider
) -> None:
    OfferedModel.objects.filter(provider=first, model_id="gpt").update(hidden=True)
    assert asked(alice, "gpt") == ("second", "gpt")


def test_a_default_model_that_was_hidden_is_not_the_default(alice: User, first: Provider) -> None:
    Provider.objects.update(default_model="gpt")
    hide("gpt")
    assert asked(alice) == ("first", "only-first")


def test_a_models_instructions_are_those_of_new_conversations_that_bring_none(
    alice: User, first: Provider
) -> None:
    OfferedModel.objects.filter(model_id="gpt").update(system_prompt="Be brief.")
    assert talk(alice).system_prompt == "Be brief."
    own = sending.start_conversation(alice, content="Hello", system_prompt="Be long.").conversation
    assert own.system_prompt == "Be long."


def test_where_nobody_is_connected_people_hear_who_can_change_that(alice: User, admin: User) -> None:
    with pytest.raises(NoUpstream, match="An administrator can add one"):
        choose(alice, "")
    with pytest.raises(NoUpstream, match="You can add one"):
        choose(admin, "")
