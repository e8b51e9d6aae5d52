"""Every word of ours in every language, with the same figures, and pages in the language asked for."""

import gettext
import re
from pathlib import Path

import polib
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import override

from conversations import figures, lifecycle
from conversations.models import Provider
from tests.consumers.test_answer import conversation_of
from tests.scripted_upstream import ScriptedUpstream, finish, text
from tests.sockets import Page

LOCALE = Path(__file__).parent.parent / "conversations" / "locale"
CATALOGUES = {"de": LOCALE / "de", "zh-hans": LOCALE / "zh_Hans"}
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}|%%|</?\w[^>]*>")


@pytest.fixture(params=CATALOGUES)
def folder(request: pytest.FixtureRequest) -> Path:
    return CATALOGUES[request.param] / "LC_MESSAGES"


def test_every_word_is_translated_and_none_by_guess(folder: Path) -> None:
    words = polib.pofile(str(folder / "django.po"))
    assert len(words) > 400
    assert [entry.msgid for entry in words if not entry.translated() or entry.fuzzy or entry.obsolete] == []


def test_the_same_figures_and_marks_stand_in_every_translation(folder: Path) -> None:
    wrong = []
    for entry in polib.pofile(str(folder / "django.po")):
        wanted = set(PLACES.findall(entry.msgid + entry.msgid_plural))
        for said in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            found = set(PLACES.findall(said))
            # "Pinned." of a single one needs no number.
            if found - wanted or (wanted - found and not entry.msgid_plural):
                wrong.append(said)
    assert wrong == []


def test_what_is_compiled_is_what_is_written(folder: Path) -> None:
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in polib.pofile(str(folder / "django.po")):
        if entry.msgid_plural:
            assert compiled.ngettext(entry.msgid, entry.msgid_plural, 1) == entry.msgstr_plural[0]
        elif entry.msgctxt:
            assert compiled.pgettext(entry.msgctxt, entry.msgid) == entry.msgstr
        else:
            assert compiled.gettext(entry.msgid) == entry.msgstr


@pytest.mark.parametrize(
    ("language", "heading", "button"), [("de", "Anmelden", "Deutsch"), ("zh-hans", "登录", "简体中文")]
)
def test_the_sign_in_page_is_in_the_language_that_was_chosen(
    client: Client, db: None, language: str, heading: str, button: str
) -> None:
    answer = client.post("/i18n/setlang/", {"language": language, "next": "/accounts/login/"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    page = client.get("/accounts/login/").content.decode()
    assert f'<html lang="{language}" dir="ltr">' in page
    assert f"<h1>{heading}</h1>" in page
    assert f'aria-current="true">{button}</button>' in page


def test_without_a_choice_the_browser_is_asked_and_then_it_is_english(client: Client, db: None) -> None:
    german = client.get("/accounts/login/", headers={"accept-language": "de-AT,de;q=0.9"})
    assert b"<h1>Anmelden</h1>" in german.content
    assert (
        "<h1>登录</h1>"
        in client.get("/accounts/login/", headers={"accept-language": "zh-CN"}).content.decode()
    )
    assert b"<h1>Sign in</h1>" in client.get("/accounts/login/", headers={"accept-language": "fr"}).content


def test_a_refusal_is_in_the_language_of_who_asked(client: Client, alice: User) -> None:
    client.force_login(alice)
    client.cookies["django_language"] = "de"
    answer = client.post("/history/filing/", {"verb": "pin"})
    assert "Bitte wähle mindestens ein Gespräch aus." in answer.content.decode()


@pytest.mark.parametrize(("language", "shown"), [("en", "1,234.5"), ("de", "1.234,5")])
def test_numbers_are_written_as_the_language_writes_them(language: str, shown: str) -> None:
    with override(language):
        assert figures.rounded(1234.5, 1) == shown


async def test_each_page_hears_of_an_answer_in_its_own_language(
    house: lifecycle.House, alice: User, provider: Provider, upstream: ScriptedUpstream
) -> None:
    conversation = await conversation_of(alice)
    english = await Page.open(alice, conversation.id)
    german = await Page.open(alice, conversation.id, language="de")
    await english.until("hello")
    await german.until("hello")
    for asking in (english, german):
        upstream.script(steps=[text("Yes"), finish()])
        await asking.ask("Is it?")
        for page, copy, starting in ((english, "Copy", "Starting…"), (german, "Kopieren", "Beginnt…")):
            question = await page.until("message.created")
            answer = await page.until("message.created")
            assert f'title="{copy}"' in question["message"]["html"]
            assert (
                f'data-starting="{starting}"' in answer["message"]["html"]
                or answer["message"]["status"] == "complete"
            )
            done = await page.until("message.done")
            assert f'title="{copy}"' in done["html"]
            assert page.texts.get(done["message"], "Yes") == "Yes"


async def test_a_refusal_through_a_socket_is_in_the_language_of_the_page(
    house: lifecycle.House, alice: User, provider: Provider
) -> None:
    page = await Page.open(alice, (await conversation_of(alice)).id, language="de")
    await page.ask(" ")
    assert (await page.until("error"))["detail"] == "Bitte schreibe zuerst eine Nachricht."


def test_no_style_of_ours_knows_left_from_right() -> None:
    """In a language that is written from right to left all of it is mirrored."""
    sided = re.compile(
        r"(margin|padding|border|inset-inline)-(left|right)\b|^\s*(left|right|float):"
        r"|(padding|margin|inset): [^ (]+ ([^ (]+) [^ (]+ (?!\5;)[^ (]+;"
    )
    styles = Path(__file__).parent.parent.glob("static/css/*.css")
    assert [line for file in styles for line in file.read_text().splitlines() if sided.search(line)] == []
