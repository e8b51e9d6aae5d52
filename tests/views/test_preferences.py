"""Preferences: kept for each person, chosen by a plain form, shown with the keys."""

import re

from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Preference
from conversations.shortcuts import every

ADDRESS = "/account/preferences/"


def test_whoever_has_chosen_nothing_sends_with_enter_and_has_shortcuts(as_alice: Client, alice: User) -> None:
    page = as_alice.get(ADDRESS).content.decode()
    assert 'name="enter" value="sends" checked' in page
    assert 'name="shortcuts" checked' in page
    assert not Preference.objects.exists()


def test_what_is_chosen_is_kept_and_holds_on_every_page(as_alice: Client, alice: User) -> None:
    response = as_alice.post(ADDRESS, {"enter": "breaks"})
    assert (response.status_code, response["Location"]) == (303, ADDRESS)
    assert [(each.user, each.enter, each.shortcuts) for each in Preference.objects.all()] == [
        (alice, "breaks", False)
    ]
    page = as_alice.get("/").content.decode()
    assert 'enterkeyhint="enter"' in page
    assert 'id="shortcut-list" data-off' in page
    as_alice.post(ADDRESS, {"enter": "sends", "shortcuts": "on"})
    assert 'enterkeyhint="send"' in as_alice.get("/").content.decode()
    assert Preference.objects.count() == 1


def test_how_answers_are_spoken_is_kept_and_stays_when_a_page_does_not_say(
    as_alice: Client, alice: User
) -> None:
    as_alice.post(ADDRESS, {"enter": "sends", "spoken": "end"})
    as_alice.post(ADDRESS, {"enter": "breaks"})
    assert [(each.enter, each.spoken) for each in Preference.objects.all()] == [("breaks", "end")]
    assert 'name="spoken" value="end" checked' in as_alice.get(ADDRESS).content.decode()
    assert as_alice.post(ADDRESS, {"enter": "sends", "spoken": "loud"}).status_code == 400


def test_they_are_mine_alone(as_alice: Client, as_bob: Client) -> None:
    as_alice.post(ADDRESS, {"enter": "breaks"})
    assert 'name="enter" value="sends" checked' in as_bob.get(ADDRESS).content.decode()


def test_a_script_is_answered_without_a_page(as_alice: Client) -> None:
    response = as_alice.post(ADDRESS, {"enter": "breaks"}, headers={"X-Requested-With": "fetch"})
    assert (response.status_code, response.content) == (204, b"")


def test_a_choice_that_does_not_exist_is_refused_in_words(as_alice: Client) -> None:
    response = as_alice.post(ADDRESS, {"enter": "<b>", "shortcuts": "on"})
    assert response.status_code == 400
    assert "is not one of the available choices" in response.content.decode()
    assert not Preference.objects.exists()


def test_strangers_sign_in_first(client: Client) -> None:
    assert client.get(ADDRESS)["Location"].startswith("/accounts/login/")


def test_no_other_method(as_alice: Client) -> None:
    assert as_alice.delete(ADDRESS).status_code == 405


def test_one_list_on_each_page_has_every_key(as_alice: Client) -> None:
    for address in ("/", ADDRESS):
        page = as_alice.get(address).content.decode()
        assert re.findall(r'data-shortcut="(\w+)"', page) == [each.name for each in every()]
        assert page.count('id="shortcut-list"') == 1
