"""Which models a person may use, and the limits that groups give."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from conversations import sending
from conversations.access import allowed, limits_of
from conversations.models import GroupLimit, ModelAccess, Provider
from conversations.refusals import Invalid, RateLimited
from tests.conftest import Limits


@pytest.fixture
def sales(alice: User) -> Group:
    group = Group.objects.create(name="sales")
    alice.groups.add(group)
    return group


def only_for(group: Group | None, model: str) -> None:
    row = ModelAccess.objects.create(model=model)
    if group is not None:
        row.groups.add(group)


def test_what_no_row_names_is_for_everybody(bob: User, sales: Group) -> None:
    only_for(sales, "alpha")
    assert (allowed(bob)("alpha"), allowed(bob)("beta")) == (False, True)


def test_members_may(alice: User, sales: Group) -> None:
    only_for(sales, "al*")
    only_for(None, "alpha")
    assert allowed(alice)("alpha")
    assert allowed(alice)("also")


def test_administrators_may_use_everything(admin: User) -> None:
    only_for(None, "*")
    assert allowed(admin)("alpha")


def test_a_model_that_one_may_not_use_is_neither_offered_nor_answered(
    bob: User, as_bob: Client, as_alice: Client, provider: Provider, sales: Group
) -> None:
    only_for(sales, "beta")
    assert "beta" not in as_bob.get("/").content.decode()
    assert "beta" in as_alice.get("/").content.decode()
    with pytest.raises(Invalid, match="You may not use beta"):
        sending.start_conversation(bob, content="Hello", model="beta")
    with pytest.raises(Invalid):
        sending.start_conversation(bob, content="Hello", model=f"@{provider.pk}/beta")
    assert sending.start_conversation(bob, content="Hello", model="alpha").answer.model == "alpha"


def test_a_group_overrides_the_environment(
    alice: User, bob: User, provider: Provider, sales: Group, limits: Limits
) -> None:
    limits["rate_limit_messages"] = 1
    GroupLimit.objects.create(group=sales, messages_per_minute=2)
    for user, most in ((alice, 2), (bob, 1)):
        for _ in range(most):
            sending.start_conversation(user, content="Hello")
        with pytest.raises(RateLimited, match=f"You have sent {most} messages"):
            sending.start_conversation(user, content="Hello")


def test_the_most_generous_of_several_groups_counts(alice: User, sales: Group, limits: Limits) -> None:
    limits["max_running_per_user"] = 1
    other = Group.objects.create(name="other")
    alice.groups.add(other)
    GroupLimit.objects.create(group=sales, running_at_once=3)
    GroupLimit.objects.create(group=other, running_at_once=7, messages_per_minute=4)
    assert limits_of(alice) == (4, 7)
    GroupLimit.objects.filter(group=other).update(running_at_once=0)
    assert limits_of(alice)[1] == 0
