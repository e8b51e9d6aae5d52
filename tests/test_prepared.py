"""Queries that are built once mean what the ORM's mean, on every database."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from conversations.models import Conversation, Draft, Generation, GenerationEvent, Message
from conversations.models.bulk import insert_many
from conversations.models.occupied import has_rows
from conversations.models.prepared import (
    Prepared,
    PreparedObjects,
    delete_rows,
    insert_rows,
    insert_values,
    update_rows,
)

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


def test_a_prepared_query_for_objects_makes_what_the_orm_makes(
    generation: Generation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    mine = PreparedObjects(
        Generation, lambda pk: Generation.objects.filter(pk=pk), uuid.UUID, without=("parameters",)
    )
    with django_assert_num_queries(1):
        found = mine.first(generation.pk)
        assert found == generation
        assert (found.cost, found.user_id) == (Decimal("0.25"), generation.user_id)
    with django_assert_num_queries(1):
        assert found.parameters == {"temperature": 0.5}
    found.owner = "you"
    found.save(update_fields=["owner"])
    generation.refresh_from_db()
    assert generation.owner == "you"
    assert mine.first(uuid.uuid4()) is None


@pytest.mark.parametrize("insert", [insert_rows, insert_many])
def test_inserted_rows_are_those_of_the_orm(alice: User, insert: Callable[[list[Message]], None]) -> None:
    conversation = Conversation.objects.create(owner=alice)
    fields = {"conversation": conversation, "role": Message.Role.ASSISTANT, "usage": {"total_tokens": 3}}
    rows = [Message(content="it's", **fields), Message(content="", **fields, error="%s")]
    insert(rows)
    by_orm = Message.objects.create(content="it's", **fields, created_at=rows[0].created_at)
    read, other, same = (Message.objects.filter(pk=row.pk).values().get() for row in [*rows, by_orm])
    assert read | {"id": by_orm.pk} == same
    assert (other["error"], other["usage"], other["parameters"]) == ("%s", {"total_tokens": 3}, {})
    rows[0].content = "changed"
    rows[0].save()
    assert Message.objects.filter(conversation=conversation).count() == 3


def test_what_the_database_fills_in_itself_is_left_to_it(generation: Generation) -> None:
    row = Generation(status="complete", price={"input": "1"})
    insert_rows([row])
    row.refresh_from_db()
    assert abs(row.created_at - generation.created_at) < timedelta(minutes=1)
    assert (row.price, row.usage_details) == ({"input": "1"}, None)


def test_plain_values_are_inserted_but_never_twice(generation: Generation) -> None:
    names = ("generation", "seq_from", "seq_to", "content", "reasoning", "refusal")
    rows = [(generation.pk, seq, seq, f"it's {seq}", "%s", "") for seq in range(1, 401)]
    insert_values(GenerationEvent, names, rows[:2])
    insert_values(GenerationEvent, names, [(generation.pk, 1, 1, "changed", "", ""), *rows])
    insert_values(GenerationEvent, names, [])
    found = GenerationEvent.objects.order_by("seq_from").values_list(*names)
    assert list(found) == rows


def test_an_expression_that_is_made_anew_is_never_taken_for_another(generation: Generation) -> None:
    for hours in (1, 2, 1):
        before = timezone.now()
        update_rows(Generation, {"id": generation.pk}, {"lease_until": Now() + timedelta(hours=hours)})
        generation.refresh_from_db()
        assert generation.lease_until is not None
        assert abs(generation.lease_until - before - timedelta(hours=hours)) < timedelta(minutes=1)
