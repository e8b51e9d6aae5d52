"""Lists of rows: as many queries for fifty rows as for five."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations.admin.readonly import MOST_COUNTED, BoundedPaginator
from conversations.models import Conversation, Generation, GenerationEvent, Message, Provider
from tests.usage.rows import spent


def people(number: int) -> User:
    return User.objects.create_user(f"person{number}", password=None)


def a_conversation(number: int) -> None:
    conversation = Conversation.objects.create(owner=people(number))
    Message.objects.create(conversation=conversation, role="user")


def a_request(number: int) -> None:
    spent(people(number), provider=Provider.objects.get_or_create(name="p", base_url="http://p/v1")[0])


def an_event(number: int) -> None:
    GenerationEvent.objects.create(generation=spent(None), seq_from=1, seq_to=number + 1)


def a_provider(number: int) -> None:
    Provider.objects.create(name=f"provider {number}", base_url=f"http://host{number}/v1")


LISTS = {
    "conversations/conversation": a_conversation,
    "conversations/message": a_conversation,
    "conversations/generation": a_request,
    "conversations/generationevent": an_event,
    "conversations/provider": a_provider,
    "auth/user": a_conversation,
}


@pytest.mark.parametrize(("name", "make"), LISTS.items(), ids=LISTS)
def test_a_longer_list_takes_no_more_queries(
    as_admin: Client, name: str, make: Callable[[int], None]
) -> None:
    counts = []
    for numbers in (range(5), range(5, 50)):
        for number in numbers:
            make(number)
        with CaptureQueriesContext(connection) as queries:
            assert as_admin.get(f"/admin/{name}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "address",
    [
        "generation/?q=alice",
        "generation/?status__exact=failed&purpose__exact=probe",
        "generation/?o=8",
        "message/?role__exact=user",
        "conversation/?q=alice",
        "provider/?enabled__exact=1",
    ],
)
def test_filters_searches_and_orders_work(alice: User, as_admin: Client, address: str) -> None:
    spent(alice)
    assert as_admin.get(f"/admin/conversations/{address}").status_code == 200


@pytest.mark.parametrize(
    "address", ["auth/user/?q=ali", "auth/user/?date_joined__year=2026", "conversations/message/?q=alice"]
)
def test_people_can_be_found(alice: User, as_admin: Client, address: str) -> None:
    assert as_admin.get(f"/admin/{address}").status_code == 200


def test_the_ledger_is_not_counted_to_its_end(alice: User) -> None:
    for _ in range(3):
        spent(alice)
    with CaptureQueriesContext(connection) as queries:
        assert BoundedPaginator(Generation.objects.order_by("id"), 2).count == 3
    assert f"LIMIT {MOST_COUNTED}" in queries[0]["sql"]


def test_a_ledger_row_tells_its_numbers(alice: User, as_admin: Client) -> None:
    row = spent(
        alice, tokens=(123, 45), ttft_ms=250, duration_ms=1500, source="estimated", error_kind="deadline"
    )
    said = as_admin.get("/admin/conversations/generation/").content.decode()
    for text in ("≈ 123 + 45", "0.25 s", "1.50 s", "(deadline)", "alice", "scripted"):
        assert text in said
    assert as_admin.get(f"/admin/conversations/generation/{row.pk}/change/").status_code == 200
