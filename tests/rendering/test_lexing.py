"""Lexers that ask only the rules which may match find the same as lexers that ask all."""

import re
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name

from conversations.rendering import beginnings as reading
from conversations.rendering import lexing
from conversations.rendering.beginnings import CHARACTERS, beginnings
from conversations.rendering.highlighting import HIGHLIGHTED
from tests.rendering.answers import ANSWERS

ROOT = Path(__file__).parent.parent.parent
FILES = [
    "conversations/rendering/lexing.py", "static/js/app.js", "static/css/code.css", "Makefile",
    "pyproject.toml", "templates/conversations/_message.html", "CHANGELOG.md",
]  # fmt: skip
OTHERS = [
    "#include <map>\nint main(void) { return a->b ? 0x1F : 'c'; } //\n/* and */ template<class T> T f();",
    "SELECT a.*, count(*) FROM \"t\" AS a WHERE x = 'it''s' AND y IS NULL -- why\nGROUP BY 1;",
    'fn main() { let x: &\'a str = r#"raw"#; println!("{}", x as u8 ..= 3); }\n#[derive(Debug)] struct S;',
    "for f in \"$@\"; do echo ${f%.*} $((1 + 2)) <<EOF\ntext $f\nEOF\ndone | sed 's/a/b/' && exit 1",
    '<?xml version="1.0"?><a b="c">&amp;<!-- d --><![CDATA[e]]></a>\n<script>let x = `a${b}c`;</script>',
    "key: &anchor [1, 2.5e-3, null]\n- !!str 'x' # note\n--- |\n  block\n[section]\nname = value ; note\n",
    "\u00e4\u212a\u017f \u2028\x0c\x1c k K \ufeff \\ \\begin{x} %c \x00 \U0001f600 0b1 0o7 1_000 @a.b :sym",
]
WORDS = ["\u212a", "\u0130", "\u2028", '"""', "'''", "<?php", "{{", "%}", "//"]
SOUP = st.lists(st.sampled_from([*string.printable, *WORDS]), max_size=80).map("".join)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexing, "OFTEN", 0)


def lexer(language: str) -> Lexer:
    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


def quick(language: str) -> Lexer:
    found = lexer(language)
    lexing.quicken(found)
    return found


def rules(language: str) -> list[re.Pattern[str]]:
    states = getattr(lexer(language), "_tokens", {}).values()
    return [rule[0].__self__ for state in states for rule in state]


def samples() -> list[str]:
    return [
        *((ROOT / name).read_text()[:1_500] for name in FILES),
        *OTHERS,
        *(text[:800] for text in ANSWERS),
    ]


@pytest.mark.parametrize("language", sorted(HIGHLIGHTED))
def test_every_language_finds_the_same(language: str) -> None:
    thorough, under_test = lexer(language), quick(language)
    for text in samples():
        assert list(under_test.get_tokens(text)) == list(thorough.get_tokens(text))


@settings(max_examples=150, deadline=None)
@given(SOUP, st.sampled_from(sorted(HIGHLIGHTED)))
def test_what_nobody_would_write_is_read_the_same(text: str, language: str) -> None:
    assert list(quick(language).get_tokens(text)) == list(lexer(language).get_tokens(text))


@pytest.mark.parametrize("language", sorted(HIGHLIGHTED))
def test_no_rule_matches_where_it_is_left_out(language: str) -> None:
    for rule in rules(language):
        for character in CHARACTERS - beginnings(rule):
            assert not any(rule.match(character + rest) for rest in ("", "a", character, " = 1\n", '"x"'))


@pytest.mark.parametrize(
    ("expression", "first"),
    [
        (r"ab?", "a"),
        (r"a?b", "ab"),
        (r"(?i:k)x|\d+|[^\s!-~]", "kK0123456789"),
        (r"(?<!x)(?=y)\bz", "z"),
        (r"[a-c]{2,}?", "abc"),
        (r"(a)(?:b|c)|\(", "a("),
        (r"(?:(?:\t|\n)*+)q", "\t\nq"),
    ],
)
def test_what_an_expression_begins_with(expression: str, first: str) -> None:
    assert beginnings(re.compile(expression)) == set(first)


@pytest.mark.parametrize("expression", ["", "a*", "(a?)", r"(a)?\1", ".", "(?=x)", "(?i)[^a]", "(?i)\u212a"])
def test_an_expression_that_does_not_tell_may_begin_with_anything(expression: str) -> None:
    assert beginnings(re.compile(expression)) == CHARACTERS


def test_most_rules_are_left_out() -> None:
    under_test: Any = quick("python")
    list(under_test.get_tokens("def f(): return 1"))
    states = under_test.get_tokens_unprocessed.__closure__
    root = next(cell.cell_contents for cell in states if isinstance(cell.cell_contents, dict))["root"]
    assert len(root[" "]) < len(root["\u00e9"]) / 4


def test_a_python_that_does_not_show_its_expressions_asks_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(reading, "import_module", missing)
    assert beginnings(re.compile("a")) == CHARACTERS
