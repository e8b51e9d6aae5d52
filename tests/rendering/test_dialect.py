"""What Markdown becomes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.common.normalize_url import normalizeLink

from conversations.rendering import RENDERER_VERSION, render
from conversations.rendering.parser import PLAIN_ADDRESS
from tests.rendering.answers import ANSWERS

RENDERED = [
    ("# Hi *x*", '<h1 dir="auto">Hi <em>x</em></h1>\n'),
    ("~~a~~ **b**", '<p dir="auto"><s>a</s> <strong>b</strong></p>\n'),
    ("a  \nb\\\nc", '<p dir="auto">a<br>\nb<br>\nc</p>\n'),
    ("> q", '<blockquote dir="auto">\n<p>q</p>\n</blockquote>\n'),
    ("***", "<hr>\n"),
    ("3. a\n4. b", '<ol start="3" dir="auto">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
    ("<b>no</b>", '<p dir="auto">&lt;b&gt;no&lt;/b&gt;</p>\n'),
    ("<div>\n\n*a*", '<p dir="auto">&lt;div&gt;</p>\n<p dir="auto"><em>a</em></p>\n'),
    ("`a<b`", '<p dir="auto"><code>a&lt;b</code></p>\n'),
    ("", ""),
    ("\x00", '<p dir="auto">\ufffd</p>\n'),
]


@pytest.mark.parametrize(("markdown", "html"), RENDERED)
def test_markdown_becomes(markdown: str, html: str) -> None:
    assert render(markdown) == html


@pytest.mark.parametrize("text", ANSWERS)
def test_the_same_text_is_the_same_html(text: str) -> None:
    assert render(text) == render(text)
    assert RENDERER_VERSION >= 1


def test_a_list_and_a_quote_have_one_direction_which_their_first_text_tells() -> None:
    for markdown in ("- a\n  - b", "- a\n\n  c\n\n- b", "> a\n>\n> b", "1. > a"):
        assert render(markdown).count("dir=") == 1


def test_a_word_of_thousands_of_letters_may_break_anywhere() -> None:
    word = "\u0645\u0631\u062d" * 1_000
    assert render(f"a {word}").count('class="unbroken"') == 1
    assert render(f"- {word}\n- b").count('<li class="unbroken">') == 1
    assert "unbroken" not in render("word " * 1_000)


def test_links_open_elsewhere_and_tell_nobody() -> None:
    html = render("[text](https://example.org/a?b=c&d)")
    assert 'href="https://example.org/a?b=c&amp;d"' in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert 'target="_blank"' in html
    assert 'title="example.org"' in html


@pytest.mark.parametrize(
    "text", ["https://example.org/x", "<https://example.org>", "me@example.org", "mailto:a@b.co"]
)
def test_addresses_become_links(text: str) -> None:
    assert "<a href=" in render(text)


@pytest.mark.parametrize(
    "text", ["main.py", "README.md", "example.com", "//example.com/x", "ftp://a.b/c", "a.b@c"]
)
def test_names_of_files_and_other_schemes_do_not(text: str) -> None:
    assert "<a" not in render(text)


@settings(max_examples=100, deadline=None)
@given(st.from_regex(PLAIN_ADDRESS, fullmatch=True))
def test_a_plain_address_stays_what_the_library_would_make_of_it(address: str) -> None:
    assert normalizeLink(address) == address


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "/accounts/logout/", "#x", "data:text/html,x", "vbscript:x"]
)
def test_links_to_other_schemes_or_into_this_site_stay_text(target: str) -> None:
    assert "<a" not in render(f"[x]({target})\n\n[y]\n\n[y]: {target}")


def test_a_link_that_names_another_host_shows_the_real_one() -> None:
    assert "(evil.example)" in render("[https://bank.example/login](https://evil.example/)")
    assert "(evil.example)" in render("[www.bank.example](https://evil.example/)")
    assert "link__host" not in render("[bank.example](https://www.bank.example/login)")
    assert "link__host" not in render("[the bank](https://evil.example/)")


def test_pictures_become_links_that_name_the_host() -> None:
    html = render("![a *tree*](https://img.example/t.png) [![in](http://i.example/x)](https://l.example)")
    assert "<img" not in html
    assert 'href="https://img.example/t.png"' in html
    assert 'a tree <span class="link__host">(img.example)</span>' in html
    assert html.count("<a ") == 2


def test_tables_align_by_class_and_scroll_inside() -> None:
    html = render("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    assert html.startswith(
        '<div class="table" role="group" aria-label="Table" tabindex="0"><table dir="auto">'
    )
    assert '<td class="align-center">1</td>' in html
    assert '<td class="align-right">2</td>' in html
    assert "style" not in html


def test_tasks_have_boxes_that_cannot_be_ticked() -> None:
    html = render("- [x] **a**\n- [ ] b\n- [y] c\n\n[x] d")
    assert html.count("<input") == 2
    assert html.count("disabled") == 2
    assert (
        '<input type="checkbox" class="task__box" disabled="" checked="" aria-label="done"> <strong>a' in html
    )


def test_footnotes_are_numbered_and_linked_both_ways() -> None:
    html = render("a[^x] b[^x]\n\n[^x]: note", anchor="m7")
    assert '<a href="#fn-m7-1" id="fnref-m7-1" rel="noopener noreferrer nofollow">1</a>' in html
    assert '<li id="fn-m7-1" dir="auto">' in html
    assert 'href="#fnref-m7-1-1"' in html


def test_text_below_the_deepest_level_is_not_lost() -> None:
    assert "the bottom" in render(">" * 10_000 + " the bottom")
    assert "the bottom" in render(
        "".join("  " * level + "- x\n" for level in range(300)) + "  " * 300 + "- the bottom"
    )
