"""Code blocks: highlighted, labelled, copied, and honest about hidden characters."""

import re
from html import unescape
from pathlib import Path
from time import process_time

import pytest
from pygments.lexers import get_lexer_by_name

from conversations.rendering import render
from conversations.rendering.highlighting import (
    HIGHLIGHTED,
    LARGEST,
    STYLED,
    highlight,
    label_of,
    language_of,
)

STYLES = Path(__file__).parent.parent.parent / "static/css/code.css"


def code_of(html: str) -> str:
    """The text that Copy copies."""
    inner = html[html.index("<code") : html.index("</code>")]
    return unescape(re.sub(r"<[^>]+>", "", inner))


def test_a_block_has_a_label_a_copy_button_and_classes() -> None:
    html = render("```python title=x\ndef f(): return '<b>'\n```")
    assert '<span class="code__language">Python</span>' in html
    assert '<button type="button" class="code__copy" data-copy-code="">To clipboard</button>' in html
    assert '<span class="k">def</span>' in html
    assert code_of(html) == "def f(): return '<b>'\n"


def test_an_element_stands_for_what_looks_different_and_for_nothing_else() -> None:
    rules = STYLES.read_text().partition("/* Pygments")[2]
    assert set(re.findall(r"\.([a-z][a-z0-9]{0,2})\b", rules)) == STYLED
    assert highlight("f(x)\n", "python") == "f(x)\n"


@pytest.mark.parametrize(
    "source", ["\n\n  a\n\n", "a\tb\n", "  indented\nx  \n", "é漢\u2028x\n", "&lt;\n", "a\x0cb\n"]
)
@pytest.mark.parametrize("language", ["", "py", "html", "diff", "zzz"])
def test_what_is_copied_is_what_was_written(source: str, language: str) -> None:
    assert code_of(render(f"```{language}\n{source}```")) == source


@pytest.mark.parametrize(
    "info", ["zzz", "../../etc", "<script>", "c++", "C#", "{.python}", "a" * 500, "\u202e", "`"]
)
def test_no_language_is_too_strange(info: str) -> None:
    assert "print" in render(f"~~~{info}\nprint(1)\n~~~")


def test_languages_and_their_labels() -> None:
    assert language_of("python3 {1,2}") == "python3"
    assert language_of("{.rust}") == "rust"
    assert language_of("\u202e") == ""
    assert (label_of("py"), label_of("Bash"), label_of(""), label_of("zzz")) == (
        "Python",
        "Bash",
        "Text",
        "zzz",
    )


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("py", "def f(): pass\n" * (LARGEST // 10)),
        ("py", "def f(): " + "x" * 600),
        ("c", "int f();\n" + "\n" * 500 + "int g();"),
        ("cpp", "int f();" + " " * 500 + "int g();"),
        ("java", "class word\n" * 300),
        ("amdgpu", "s_mov_b32"),
    ],
)
def test_code_that_a_lexer_would_be_slow_in_stays_plain(language: str, code: str) -> None:
    assert "<span class=" not in highlight(code, language)
    assert '<span class="' in highlight("class x { int y; }\n", "java")


SLOWEST = [
    ("java", "word ab;\n" * 80),
    ("csharp", "a b\n" * 199),
    ("make", "a" * 490 + "\n"),
    ("gherkin", " " * 119),
]


@pytest.mark.parametrize(("language", "code"), SLOWEST)
def test_code_that_just_passes_is_quick_enough(language: str, code: str) -> None:
    started = process_time()
    highlight((code + ";\n") * (LARGEST // (len(code) + 2)), language)
    assert process_time() - started < 5


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200f", "\U000e0041"])
@pytest.mark.parametrize("frame", ["```py\nx = 'a{}b' # c{}\n```", "`a{}b`", "    a{}b"])
def test_hidden_characters_in_code_become_marks(hidden: str, frame: str) -> None:
    html = render(frame.replace("{}", hidden))
    assert hidden not in html
    assert f">U+{ord(hidden):04X}</span>" in html


@pytest.mark.parametrize("language", sorted(HIGHLIGHTED))
def test_every_language_that_is_highlighted_exists(language: str) -> None:
    assert unescape(re.sub(r"<[^>]+>", "", highlight("x = 1 # <b>\n", language))) == "x = 1 # <b>\n"
    assert get_lexer_by_name(language).aliases[0] == language


def test_only_long_lines_can_be_wrapped() -> None:
    button = '<button type="button" class="code__wrap" data-wrap-code="" aria-pressed="false">Wrap</button>'
    assert button not in render(f"```\n{'x' * 80}\n```")
    assert button in render(f"```\nshort\n{'x' * 81}\n```")
