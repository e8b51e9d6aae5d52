"""A provider's rows follow its server's list; what an administrator wrote into them stays."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations.models import Conversation, OfferedModel, Provider
from conversations.upstream.listing import Listed

MANY = 5_000


@pytest.fixture
def server(db: None) -> Provider:
    return Provider.objects.create(name="server", base_url="http://server/v1")


def follow(provider: Provider, *listed: str | Listed) -> None:
    OfferedModel.objects.follow(
        provider.pk, [Listed(model) if isinstance(model, str) else model for model in listed]
    )


def rows(provider: Provider) -> list[tuple[str, bool]]:
    return list(provider.offered.order_by("position", "id").values_list("model_id", "listed"))


def test_rows_follow_the_servers_order(server: Provider) -> None:
    follow(server, "b", "a", "c")
    follow(server, "c", "a")
    assert rows(server) == [("c", True), ("a", True)]


def test_an_administrators_changes_survive(server: Provider) -> None:
    follow(server, "a", Listed("b", 4096), "c")
    mine = {"hidden": True, "display_name": "Mine", "context_length": 1000, "system_prompt": "Be brief."}
    OfferedModel.objects.filter(model_id="b").update(**mine)
    follow(server, Listed("b", 8192), "a")
    row = OfferedModel.objects.get(model_id="b")
    assert {name: getattr(row, name) for name in mine} == mine
    assert (row.listed_context, row.context, row.position, row.listed) == (8192, 1000, 0, True)


@pytest.mark.parametrize(
    "changed",
    [
        {"hidden": True},
        {"display_name": "x"},
        {"context_length": 5},
        {"system_prompt": "x"},
        {"by_hand": True},
    ],
)
def test_a_model_that_is_gone_is_kept_if_somebody_changed_it(
    server: Provider, changed: dict[str, object]
) -> None:
    follow(server, "a", "gone", "changed")
    OfferedModel.objects.filter(model_id="changed").update(**changed)
    follow(server, "a")
    assert sorted(rows(server)) == [("a", True), ("changed", False)]
    follow(server, "a", "changed")
    assert sorted(rows(server)) == [("a", True), ("changed", True)]


def test_a_model_that_is_gone_is_kept_if_a_conversation_has_it(alice: User, server: Provider) -> None:
    follow(server, "a", "used")
    Conversation.objects.create(owner=alice, provider=server, model="used")
    follow(server, "a")
    assert sorted(rows(server)) == [("a", True), ("used", False)]
    assert not OfferedModel.objects.visible().filter(model_id="used").exists()


def test_a_model_that_was_entered_by_hand_can_be_chosen(server: Provider) -> None:
    OfferedModel.objects.create(provider=server, model_id="deployment", by_hand=True, listed=False)
    follow(server)
    assert OfferedModel.objects.visible().get().model_id == "deployment"


def test_other_providers_rows_stay(server: Provider) -> None:
    other = Provider.objects.create(name="other", base_url="http://other/v1")
    follow(other, "a")
    follow(server, "a")
    follow(server)
    assert rows(other) == [("a", True)]


def test_a_name_that_is_longer_than_any_column_is_left_out(server: Provider) -> None:
    follow(server, "x" * 201, "y" * 200)
    assert rows(server) == [("y" * 200, True)]


def test_thousands_of_models_take_few_queries(server: Provider) -> None:
    listed = [Listed(f"vendor/model-{number}", 4096) for number in range(MANY)]
    counts = []
    for list_now in (listed, listed, [*listed[:-1], Listed("new")], []):
        with CaptureQueriesContext(connection) as queries:
            OfferedModel.objects.follow(server.pk, list_now)
        counts.append(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))
    # SQLite takes 999 values in one statement: some ninety rows; PostgreSQL takes all.
    whole = MANY // 80 if connection.vendor == "sqlite" else 3
    assert counts[0] <= whole
    assert counts[1] == 1  # nothing new: one look
    assert counts[2] <= 4
    assert counts[3] <= whole + 2
    assert not server.offered.exists()
