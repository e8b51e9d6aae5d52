"""The audit log: who did what; it is written to, and that is all."""

import csv
import io
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from conversations import guards
from conversations.admin.audit import _lines
from conversations.audit import record
from conversations.models import AuditEntry, Conversation, OfferedModel, Provider
from tests.conftest import PASSWORD

LIST, CSV = "/admin/conversations/auditentry/", "/admin/audit.csv"


@pytest.fixture
def talk(alice: User) -> Conversation:
    return Conversation.objects.create(owner=alice, title="A talk")


def entries(kind: str = "") -> list[tuple[str, str, str]]:
    rows = AuditEntry.objects.order_by("id")
    rows = rows.filter(kind=kind) if kind else rows
    return list(rows.values_list("actor_name", "about", "detail"))


def sign_in(client: Client, name: str, password: str) -> None:
    client.post("/accounts/login/", {"login": name, "password": password})


def test_the_log_is_kept_in_english_and_read_in_any_language(
    admin: User, alice: User, as_admin: Client
) -> None:
    german = {"accept-language": "de"}
    as_admin.post("/accounts/login/", {"login": "nobody", "password": "x"}, headers=german)
    record("failure", about="(no such account)")
    record("role", about="is_staff", detail="is_active: False, is_staff: True")
    record("role", about="bob", detail="groups: add 1, 3")
    record("reading", about="conversation 7", detail="is_staff")
    record("stop", about="alice: request 12")
    page = as_admin.get(LIST, headers=german).content.decode()
    for told in (
        "(kein solches Konto)",
        "darf sich anmelden: nein, darf in die Verwaltung: ja",
        "Gruppen: hinzugefügt 1, 3",
        "Gespräch 7",
        "alice: Anfrage 12",
    ):
        assert told in page
    # A name and a reason that look like words of ours.
    assert page.count("is_staff") == 2
    assert ("", "bob", "groups: add 1, 3") in [("", about, detail) for _, about, detail in entries("role")]


def test_sign_ins_and_failures(alice: User, client: Client) -> None:
    sign_in(client, "alice", "wrong")
    sign_in(client, "my-password-in-the-wrong-box", "x")
    sign_in(client, "alice", PASSWORD)
    client.post("/accounts/logout/")
    failures = {about for _, about, _ in entries("failure")}
    assert failures == {"alice", "(no such account)"}
    assert entries("sign-in") == [("alice", "", "")]
    assert entries("sign-out") == [("alice", "", "")]
    assert AuditEntry.objects.filter(kind="sign-in").get().address == "127.0.0.1"
    assert not AuditEntry.objects.filter(about__contains="wrong-box").exists()


def test_files_that_are_taken_away(as_admin: Client, as_alice: Client, talk: Conversation) -> None:
    as_admin.get("/admin/usage.csv?user=alice")
    as_alice.get(f"/conversations/{talk.pk}/export.json")
    as_alice.get("/")
    assert entries("export") == [
        ("admin", "/admin/usage.csv", ""),
        ("alice", f"/conversations/{talk.pk}/export.json", ""),
    ]


def test_roles_and_providers(admin: User, alice: User, as_admin: Client, provider: Provider) -> None:
    group = Group.objects.create(name="sales")
    form = {"username": "alice", "is_active": "on", "is_staff": "on", "groups": [group.pk]}
    form |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00"}
    as_admin.post(f"/admin/auth/user/{alice.pk}/change/", form)
    assert ("admin", "alice", "is_staff: True") in entries("role")
    assert ("admin", "alice", "groups: add sales") in entries("role")
    group.user_set.remove(alice)
    assert ("sales", "people: remove alice") in [entry[1:] for entry in entries("role")]
    as_admin.post(
        f"/admin/conversations/provider/{provider.pk}/change/",
        {"name": "renamed", "base_url": provider.base_url, "new_key": "sk-new-key"},
    )
    [*_, (name, about, detail)] = entries("change")
    assert name == "admin"
    assert "provider" in about
    assert "sk-new-key" not in about + detail


@pytest.mark.parametrize("action", ["make_default", "delete_selected"])
def test_what_is_done_to_rows_of_a_list(as_admin: Client, provider: Provider, action: str) -> None:
    others = [Provider.objects.create(name=name, base_url=provider.base_url) for name in ("one", "two")]
    chosen = others[:1] if action == "make_default" else others
    data = {"action": action, "_selected_action": [row.pk for row in chosen], "post": "yes"}
    assert as_admin.post("/admin/conversations/provider/", data).status_code == 302
    found = entries("change")
    assert [name for name, _, _ in found] == ["admin"] * len(chosen)
    assert sorted(about.split()[-1] for _, about, _ in found) == sorted(row.name for row in chosen)


def test_models_that_are_hidden_and_people_that_are_deleted(
    as_admin: Client, alice: User, bob: User, provider: Provider
) -> None:
    model = OfferedModel.objects.create(provider=provider, model_id="gamma")
    data = {"action": "hide", "_selected_action": [model.pk]}
    assert as_admin.post("/admin/conversations/offeredmodel/", data).status_code == 302
    data = {"action": "delete_selected", "_selected_action": [alice.pk, bob.pk], "post": "yes"}
    assert as_admin.post("/admin/auth/user/", data).status_code == 302
    about = [about for _, about, _ in entries("change")]
    assert [("alice" in each, "bob" in each) for each in about[1:]] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )
    assert "gamma" in about[0]


@pytest.mark.parametrize("statement", ["UPDATE {} SET detail = 'x'", "DELETE FROM {}"])
def test_not_even_sql_changes_it(alice: User, statement: str) -> None:
    record("export", alice)
    guards.install()
    try:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement.format("conversations_auditentry"))
        alice.delete()  # which only unlinks the entry
        assert entries("export") == [("alice", "", "")]
    finally:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("DROP TRIGGER audit_stays")


def test_nobody_edits_it_in_the_administration(alice: User, as_admin: Client) -> None:
    entry = record("export", alice)
    assert as_admin.get(f"{LIST}add/").status_code == 403
    for action in ("change", "delete"):
        assert as_admin.post(f"{LIST}{entry.pk}/{action}/", {"post": "yes"}).status_code == 403
    assert as_admin.get(f"{LIST}?q=alice").status_code == 200


def lines(client: Client, query: str = "") -> list[dict[str, str]]:
    response: Any = client.get(f"{CSV}{query}")
    assert response.status_code == 200

    async def whole() -> bytes:
        return b"".join([chunk async for chunk in response.streaming_content])

    return list(csv.DictReader(io.StringIO(async_to_sync(whole)().decode())))


def test_it_can_be_searched_and_downloaded(alice: User, bob: User, as_admin: Client) -> None:
    record("export", alice, about="=cmd()")
    record("reading", bob)
    assert [line["about"] for line in lines(as_admin, "?q=alice")] == ["'=cmd()"]
    assert [line["who"] for line in lines(as_admin, "?kind__exact=reading")] == ["bob"]
    assert f"{CSV}?q=bob" in as_admin.get(f"{LIST}?q=bob").content.decode()
    assert as_admin.get(f"{CSV}?kind__exact=nonsense").status_code == 400


def test_the_file_is_read_while_it_is_sent(
    as_admin: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Not all of it before the first line: a log grows for years."""
    AuditEntry.objects.bulk_create(AuditEntry(kind="stop", about=str(number)) for number in range(1200))
    assert [line["about"] for line in lines(as_admin, "?kind__exact=stop")] == [*map(str, range(1200))]
    with django_assert_num_queries(0):
        left = _lines(AuditEntry.objects.all())
    with django_assert_num_queries(1):
        next(left)


@pytest.mark.parametrize("address", [LIST, CSV])
def test_it_is_for_administrators(client: Client, as_bob: Client, address: str) -> None:
    assert client.get(address).status_code == 302
    assert as_bob.get(address).status_code in (302, 403)
