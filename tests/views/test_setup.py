"""The first account: whoever holds the link makes it, once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from pytest_django import Settings

from conversations.models import Owner, SetupToken
from conversations.setup import setup_link

FORM = {"username": "ada", "password1": "correct horse battery", "password2": "correct horse battery"}


@pytest.mark.django_db
def test_the_link_makes_the_owner_and_signs_them_in(client: Client) -> None:
    link = setup_link() or ""
    assert client.get(link).status_code == 200
    response = client.post(link, FORM)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert User.objects.get().is_superuser
    assert Owner.objects.get().user.username == "ada"
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_the_link_works_once(client: Client) -> None:
    link = setup_link() or ""
    client.post(link, FORM)
    response = Client().post(link, {**FORM, "username": "eve"})
    assert response.status_code == 410
    assert User.objects.count() == 1
    assert setup_link() is None


@pytest.mark.django_db
def test_every_process_prints_the_same_link_and_no_row_holds_it(client: Client) -> None:
    link = setup_link() or ""
    assert setup_link() == link
    assert link.split("/")[2] not in repr(list(SetupToken.objects.values()))
    assert client.get(link).status_code == 200
    assert SetupToken.objects.count() == 1


@pytest.mark.django_db
def test_links_of_two_processes_that_started_at_once_both_work_and_end_together(client: Client) -> None:
    one = setup_link() or ""
    rows = list(SetupToken.objects.all())
    SetupToken.objects.all().delete()
    other = setup_link() or ""
    SetupToken.objects.bulk_create(rows)
    assert one != other
    assert [client.get(link).status_code for link in (one, other)] == [200, 200]
    client.post(one, FORM)
    assert Client().post(other, {**FORM, "username": "eve"}).status_code == 410
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_link_of_another_secret_key_ends(client: Client, settings: Settings) -> None:
    old = setup_link() or ""
    settings.SECRET_KEY = "another-key-of-fifty-characters-at-least-0123456789"
    new = setup_link() or ""
    assert new != old
    assert client.get(old).status_code == 410
    assert client.get(new).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["x", "a" * 500, "..", "%00"])
def test_a_made_up_link_is_refused(client: Client, token: str) -> None:
    setup_link()
    assert client.post(f"/setup/{token}/", FORM).status_code in (404, 410)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_weak_password_is_refused_and_the_link_stays(client: Client) -> None:
    link = setup_link() or ""
    response = client.post(link, {**FORM, "password1": "1234", "password2": "1234"})
    assert response.status_code == 400
    assert not User.objects.exists()
    assert client.get(link).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_thirty_simultaneous_visits_make_one_owner() -> None:
    link = setup_link() or ""

    def visit(number: int) -> int:
        try:
            return Client().post(link, {**FORM, "username": f"visitor{number}"}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        statuses = sorted(threads.map(visit, range(30)))
    assert statuses == [302, *[410] * 29]
    assert User.objects.count() == Owner.objects.count() == 1
