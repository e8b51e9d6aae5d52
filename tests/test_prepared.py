"""Queries that are built once mean what the ORM's mean, on every database."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.utils import timezone

from conversations.models import Conversation, Draft, Generation, Message
from conversations.models.prepared import Prepared, delete_rows, has_rows, update_rows

pytestmark = pytest.mark.django_db

STREAMING = Prepared(
    lambda pk, owner, fence: Generation.objects.filter(
        pk=pk, owner=owner, fence=fence, status="streaming"
    ).values("id", "parameters", "cost", "conversation__owner_id", "started_at"),
    uuid.UUID,
    str,
    int,
)


@pytest.fixture
def generation(alice: User) -> Generation:
    conversation = Conversation.objects.create(owner=alice, title="A talk")
    return Generation.objects.create(
        conversation=conversation,
        user=alice,
        status="streaming",
        lease_until=timezone.now(),
        owner="me",
        fence=3,
        parameters={"temperature": 0.5},
        cost=Decimal("0.25"),
    )


def test_a_prepared_query_finds_what_the_orm_finds(generation: Generation) -> None:
    same = Generation.objects.values("id", "parameters", "cost", "conversation__owner_id", "started_at")
    assert STREAMING.rows(generation.pk, "me", 3) == list(same)
    for others in [(uuid.uuid4(), "me", 3), (generation.pk, "you", 3), (generation.pk, "me", 4)]:
        assert STREAMING.first(*others) is None


def test_an_argument_that_is_not_in_the_query_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="Not every argument"):
        Prepared(lambda pk: Message.objects.values("id"), uuid.UUID).rows(uuid.uuid4())


def test_an_update_sets_values_and_expressions(generation: Generation) -> None:
    before = timezone.now()
    values = {
        "parameters": {"n": None},
        "cost": None,
        "error": "it's",
        "lease_until": Now() + timedelta(hours=1),
    }
    assert update_rows(Generation, {"id": generation.pk, "fence": 4}, values) == 0
    assert update_rows(Generation, {"id": generation.pk, "fence": 3, "owner": "me"}, values) == 1
    generation.refresh_from_db()
    assert (generation.parameters, generation.cost, generation.error) == ({"n": None}, None, "it's")
    assert generation.lease_until is not None
    assert timedelta(minutes=59) < generation.lease_until - before < timedelta(minutes=61)


def test_a_table_is_known_to_be_empty(alice: User) -> None:
    assert not has_rows(Draft)
    Draft.objects.create(user=alice, content="Half")
    assert has_rows(Draft)
    delete_rows(Draft, {"user": alice.pk})
    assert not has_rows(Draft)
