"""A row of the ledger that has ended stays as it is, whatever becomes of what it was for."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from conversations import sending
from conversations.departures import pseudonym
from conversations.models import Conversation, Generation, Provider
from tests.conftest import Limits
from tests.usage.rows import spent


@pytest.mark.parametrize(
    "change",
    [
        {"status": "streaming"},
        {"prompt_tokens": 1},
        {"completion_tokens": None},
        {"cost": 3},
        {"price": {"input": "1"}},
        {"finish_reason": "length"},
        {"model_requested": "dearer"},
        {"duration_ms": 5},
        {"usage_details": {}},
        {"source": "estimated"},
        {"purpose": "probe"},
    ],
)
@pytest.mark.parametrize("status", ["complete", "stopped", "interrupted", "failed"])
def test_the_database_refuses_to_change_an_ended_row(
    alice: User, change: dict[str, Any], status: str
) -> None:
    row = spent(alice, status=status)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Generation.objects.filter(pk=row.pk).update(**change)


def test_not_even_sql_changes_it(alice: User) -> None:
    spent(alice)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE conversations_generation SET total_tokens = 1")


def test_a_row_that_still_runs_is_changed_as_needed(alice: User) -> None:
    row = spent(alice, status="queued")
    Generation.objects.filter(pk=row.pk).update(status="stopped", total_tokens=3)
    row.refresh_from_db()
    assert (row.status, row.total_tokens) == ("stopped", 3)


def numbers() -> list[dict[str, Any]]:
    gone = ("conversation_id", "message_id", "user_id", "provider_id", "user_name")
    return [{k: v for k, v in row.items() if k not in gone} for row in Generation.objects.values()]


def test_rows_outlive_the_conversation_the_provider_and_the_person(alice: User, provider: Provider) -> None:
    sent = sending.start_conversation(alice, content="Hello")
    sending.stop(alice, sent.conversation.id, sent.answer.id)
    before = numbers()
    Conversation.objects.all().delete()
    provider.delete()
    alice.delete()
    assert numbers() == before
    row = Generation.objects.get()
    assert (row.user_name, row.provider_name, row.user_id, row.message_id) == (
        "alice",
        "scripted",
        None,
        None,
    )


def test_a_deleted_person_can_be_kept_under_a_made_up_name(alice: User, bob: User, limits: Limits) -> None:
    limits["ledger_names"] = "pseudonym"  # type: ignore[assignment]
    spent(alice)
    spent(alice, purpose="probe")
    spent(bob)
    name = pseudonym(alice.pk)
    alice.delete()
    assert sorted(Generation.objects.values_list("user_name", flat=True)) == ["bob", name, name]
    assert "alice" not in name
