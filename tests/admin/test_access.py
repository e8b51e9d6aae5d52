"""Who gets into the administration."""

from urllib.parse import quote

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

PAGES = [
    "/admin/",
    "/admin/usage/",
    "/admin/usage.csv",
    "/admin/conversations/generation/",
    "/admin/auth/user/",
]


@pytest.mark.parametrize("address", PAGES)
def test_whoever_is_signed_out_is_led_to_the_one_login_page(db: None, client: Client, address: str) -> None:
    response = client.get(address, follow=True)
    assert response.redirect_chain[-1][0] == f"/accounts/login/?next={quote(address, safe='')}"


@pytest.mark.parametrize("address", PAGES)
def test_a_person_without_access_gets_403_and_no_loop(as_alice: Client, address: str) -> None:
    response = as_alice.get(address, follow=True)
    assert response.status_code == 403
    assert len(response.redirect_chain) <= 1


@pytest.mark.parametrize("address", PAGES)
def test_an_admin_gets_in(as_admin: Client, address: str) -> None:
    assert as_admin.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/admin/usage/", "/admin/usage.csv"])
def test_staff_need_the_right_to_see_the_ledger(alice: User, as_alice: Client, address: str) -> None:
    alice.is_staff = True
    alice.save()
    assert as_alice.get(address).status_code == 403
    assert "Usage" not in as_alice.get("/admin/").content.decode()
    alice.user_permissions.add(Permission.objects.get(codename="view_generation"))
    assert as_alice.get(address).status_code == 200
    assert '/admin/usage/"' in as_alice.get("/admin/").content.decode()


@pytest.mark.parametrize("address", ["/admin/usage/", "/admin/usage.csv"])
def test_usage_is_only_read(as_admin: Client, address: str) -> None:
    assert as_admin.post(address).status_code == 405
    assert as_admin.delete(address).status_code == 405
    assert as_admin.head(address).status_code == 200


def test_the_usage_page_stands_in_the_index_and_the_list_of_our_rows(as_admin: Client) -> None:
    for page in ("/admin/", "/admin/conversations/"):
        assert 'href="/admin/usage/"' in as_admin.get(page).content.decode()
