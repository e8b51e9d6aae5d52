"""No word of ours stands on a page that is not in the catalogues."""

import ast
import re
from collections.abc import Iterator

import polib
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import CharField, TextField
from django.test import Client

from conversations.models import Provider
from tests.browser.world import PROBLEMS, World
from tests.pseudo_language import bare_texts, brackets
from tests.words_in_source import ROOT, marked, modules, sentences

CATALOGUE = ROOT / "conversations/locale/de/LC_MESSAGES/django.po"
COMMENT = re.compile(r"/\*.*?\*/|^\s*//.*$", re.DOTALL | re.MULTILINE)
# Modules and packages whose words no person reads on a page.
FOR_PROGRAMS = {
    "management", "serving", "backups", "checks", "checkup", "localmodel", "probe", "titling", "lifecycle",
    "frames", "health", "layer_watch", "metrics",
}  # fmt: skip

# What people and models wrote.
TEXTS = {
    "message__body", "compare__text", "prose", "reasoning__text", "reading__text", "result__title",
    "result__sentence", "usage__name",
}  # fmt: skip
# Names, and words of the interface to models: the same in every language.
NAMES = {
    "English", "Deutsch", "简体中文", "nginx", "Caddy", "Traefik", "Apache", "USD", "sqlite", "ms",
    "Enter", "Sum up: {{text}}", "Sum up:", "none", "minimal", "low", "medium", "high", "xhigh",
    "Search", "True",  # descriptions of Django's own pictures
}  # fmt: skip


@pytest.fixture
def world(admin: User, alice: User, provider: Provider) -> World:
    return World(admin, alice, provider)


def test_every_word_of_every_page_can_be_translated(world: World, as_admin: Client) -> None:
    written = sorted({*_written(), *NAMES, *(what for what, _ in PROBLEMS)}, key=len, reverse=True)
    found: dict[str, str] = {}
    with brackets():
        for client, pages in ((as_admin, world.addresses), (Client(), world.strangers)):
            for address in (each for several in pages.values() for each in several):
                html = client.get(address).content.decode()
                found |= {text: address for bare in bare_texts(html, TEXTS) for text in _ours(bare, written)}
    assert not found, "\n".join(f"{address}: {text}" for text, address in found.items())


def _written() -> Iterator[str]:
    """All texts that people wrote and that servers told."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, CharField | TextField) and not field.choices:
                values = model._default_manager.values_list(field.attname, flat=True)
                yield from (" ".join(str(value).split()) for value in values if value and len(str(value)) > 1)


def _ours(text: str, written: list[str]) -> list[str]:
    """The text, unless nothing is left of it without what others wrote."""
    for value in written:
        text = text.replace(value, " ")
    return bare_texts(text)


def test_every_word_that_is_marked_is_in_the_catalogue() -> None:
    """What stands inside an f-string is marked, too, but the tools do not find it there."""
    known = {entry.msgid for entry in polib.pofile(str(CATALOGUE))}
    found = {f"{path.name}: {text}" for path in modules() for text in marked(ast.parse(path.read_text()))}
    assert {line for line in found if line.partition(": ")[2] not in known} == set()


def test_every_sentence_in_the_source_is_marked() -> None:
    """But for those of programs: of the console, of the log, to models, in frames that only bugs send."""
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in modules()
        if not any(part in FOR_PROGRAMS for part in path.with_suffix("").relative_to(ROOT).parts)
        for line, text in sentences(ast.parse(path.read_text()))
    ]
    assert not found, "\n".join(found)


def test_scripts_take_their_sentences_from_the_page() -> None:
    sentence = re.compile(r"""["'`]([A-Z][a-z]+ [a-z][^"'`]*|[A-Z][a-z]+…)["'`]""")
    found = [
        f"{path.name}: {match[1]}"
        for path in sorted((ROOT / "static" / "js").rglob("*.js"))
        for match in sentence.finditer(COMMENT.sub("", path.read_text()))
    ]
    assert not found, "\n".join(found)
