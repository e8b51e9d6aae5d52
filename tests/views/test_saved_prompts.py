"""My saved prompts: mine alone, by plain forms, within limits, found by a few words."""

import io
import json
import re
import zipfile

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import saved_prompts
from conversations.exports.archive import archive_pieces
from conversations.models import SavedPrompt
from conversations.refusals import Busy
from tests.browser.conftest import make_talk

LIST = "/prompts/"
HOSTILE = '<img src=x onerror="alert(1)">'


def keep(owner: User, name: str, text: str = "Some text") -> SavedPrompt:
    return SavedPrompt.objects.create(owner=owner, name=name, text=text)


def names(user: User, query: str) -> list[str]:
    return [found.name for found in saved_prompts.find(user, query)]


def test_one_is_added_changed_and_removed(as_alice: Client, alice: User) -> None:
    response = as_alice.post(LIST, {"name": "Review", "text": "Read this:\r\n\r\n- \r\n"})
    assert (response.status_code, response["Location"]) == (303, LIST)
    made = SavedPrompt.objects.get()
    assert (made.owner, made.name, made.text) == (alice, "Review", "Read this:\n\n- \n")
    address = f"{LIST}{made.pk}/"
    assert "Read this:" in as_alice.get(address).content.decode()
    assert as_alice.post(address, {"name": "Reviews", "text": "Else"}).status_code == 303
    changed = SavedPrompt.objects.get()
    assert (changed.name, changed.text, changed.created_at) == ("Reviews", "Else", made.created_at)
    assert changed.updated_at > made.updated_at
    assert as_alice.get(f"{address}text/").content == b"Else"
    assert as_alice.post(f"{address}remove/").status_code == 303
    assert not SavedPrompt.objects.exists()


def test_those_of_others_are_not_there(as_bob: Client, alice: User, bob: User) -> None:
    hers = keep(alice, "Hers")
    address = f"{LIST}{hers.pk}/"
    for answer in (
        as_bob.get(address),
        as_bob.get(f"{address}text/"),
        as_bob.post(address, {"name": "Mine", "text": "Mine"}),
        as_bob.post(f"{address}remove/"),
        as_bob.get(f"{LIST}{hers.pk + 1}/"),
    ):
        assert answer.status_code == 404
    assert "Hers" not in as_bob.get(LIST).content.decode()
    assert names(bob, "") == []
    assert SavedPrompt.objects.get().name == "Hers"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("", "Text", "This field is required"),
        ("Name", " \n ", "Please write a text."),
        ("n" * 81, "Text", "at most 80 characters"),
        ("Name", "é" * 51_201, "too long: 101 KB. The limit is 100 KB."),
    ],
)
def test_what_does_not_fit_is_refused_in_words_and_stays(
    as_alice: Client, name: str, text: str, sentence: str
) -> None:
    response = as_alice.post(LIST, {"name": name, "text": text})
    page = response.content.decode()
    assert response.status_code == 400
    assert sentence in page
    assert name in page
    assert text in page
    assert not SavedPrompt.objects.exists()


def test_a_hundred_kilobytes_are_kept_whole(as_alice: Client) -> None:
    assert as_alice.post(LIST, {"name": "n" * 80, "text": "é" * 51_200}).status_code == 303
    assert SavedPrompt.objects.get().text == "é" * 51_200


def test_two_hundred_are_the_limit(as_alice: Client, alice: User) -> None:
    SavedPrompt.objects.bulk_create(
        SavedPrompt(owner=alice, name=f"Number {number}", text="x") for number in range(saved_prompts.MOST)
    )
    response = as_alice.post(LIST, {"name": "One more", "text": "Kept in the form"})
    assert response.status_code == 409
    assert "200 saved prompts, which is the limit" in response.content.decode()
    assert "Kept in the form" in response.content.decode()
    with pytest.raises(Busy):
        saved_prompts.add(alice, {"name": "One more", "text": "x"})
    assert len(saved_prompts.find(alice, "number")) == saved_prompts.FOUND


def test_every_word_is_looked_for_in_name_and_text(alice: User) -> None:
    keep(alice, "Übersetzen", "Translate this into German")
    keep(alice, "Summary of German news")
    keep(alice, "German", "100% of_it")
    assert names(alice, "") == ["German", "Summary of German news", "Übersetzen"]
    assert names(alice, "german") == ["German", "Summary of German news", "Übersetzen"]
    assert names(alice, "this über") == ["Übersetzen"]
    assert names(alice, "german nowhere") == []
    assert names(alice, "%") == ["German"]
    assert names(alice, "_") == ["German"]
    assert names(alice, "\0") == []


def test_names_are_text_wherever_they_stand(as_alice: Client, alice: User) -> None:
    keep(alice, HOSTILE, HOSTILE)
    for address in (LIST, f"{LIST}found/"):
        page = as_alice.get(address).content.decode()
        assert "<img" not in page
        assert "&lt;img" in page
    answer = as_alice.get(f"{LIST}{SavedPrompt.objects.get().pk}/text/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_list_asks_for_no_whole_text(as_alice: Client, alice: User) -> None:
    keep(alice, "Long", "word " * 20_000)
    listed = re.search("word[^<]*<", as_alice.get(LIST).content.decode())
    assert listed is not None
    assert len(listed[0]) < 200


def test_they_are_in_the_archive_and_go_with_the_account(alice: User, bob: User) -> None:
    keep(bob, "Of somebody else")
    assert "prompts.json" not in zipfile.ZipFile(io.BytesIO(b"".join(archive_pieces(alice)))).namelist()
    keep(alice, "Review", "Read\n\ud83d".encode("utf-8", "replace").decode())
    keep(alice, "A second")
    file = zipfile.ZipFile(io.BytesIO(b"".join(archive_pieces(alice))))
    assert [(each["name"], each["text"]) for each in json.loads(file.read("prompts.json"))] == [
        ("A second", "Some text"),
        ("Review", "Read\n?"),
    ]
    alice.delete()
    assert [each.name for each in SavedPrompt.objects.all()] == ["Of somebody else"]


def test_strangers_sign_in_first_and_there_is_no_other_method(client: Client, as_alice: Client) -> None:
    for address in (LIST, f"{LIST}1/", f"{LIST}found/", f"{LIST}1/text/"):
        assert client.get(address)["Location"].startswith("/accounts/login/")
        assert as_alice.delete(address).status_code == 405
    assert as_alice.get(f"{LIST}1/remove/").status_code == 405


def test_a_message_of_mine_begins_a_prompt(as_alice: Client, alice: User, as_bob: Client) -> None:
    talk = make_talk(alice, [("# Review *this*\n\nwith care", "Fine.")])
    asked, answer = talk.messages.order_by("created_at")
    page = as_alice.get(talk.get_absolute_url()).content.decode()
    address = f"{LIST}?message={asked.pk}"
    assert f'href="{address}#add"' in page
    form = as_alice.get(address)
    assert (form.status_code, form.context["form"]["name"].value()) == (200, "Review this with care")
    assert form.context["form"]["text"].value() == "# Review *this*\n\nwith care"
    assert not SavedPrompt.objects.exists()
    assert as_bob.get(address).status_code == 404
    for nobodys in (answer.pk, talk.pk, "x", ""):
        assert as_alice.get(f"{LIST}?message={nobodys}").status_code == 404


def test_the_text_of_the_box_begins_a_prompt(as_alice: Client) -> None:
    form = as_alice.post(LIST, {"message": "Sum up:\r\n<b>", "model": "alpha", "client_id": "x"})
    assert form.status_code == 200
    assert "Sum up:\n&lt;b&gt;</textarea>" in form.content.decode().replace("\r\n", "\n")
    assert not SavedPrompt.objects.exists()
    assert as_alice.post(LIST, {"message": ""}).status_code == 200
