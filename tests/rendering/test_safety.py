"""Nothing that a model writes can run, load, style or send anything."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.rendering import OpenBlocks, render
from conversations.rendering.links import allowed
from conversations.rendering.sanitizer import sanitize
from tests.rendering.answers import PIECES
from tests.rendering.payloads import MATHEMATICS, PAYLOADS, RAW_HTML

PLAIN = {
    "p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "em", "strong",
    "s", "sup", "table", "thead", "tbody", "tr", "th", "td", "a", "code", "pre", "span", "div", "section",
    "button", "input",
}  # fmt: skip
INERT = {
    "href", "title", "class", "id", "target", "rel", "aria-label", "tabindex", "role", "type", "checked",
    "disabled", "data-copy-code",
    "data-wrap-code", "aria-pressed", "dir", "start", "display", "displaystyle", "scriptlevel", "mathvariant",
    "mathcolor", "stretchy", "fence", "separator", "form", "accent", "accentunder", "largeop",
    "movablelimits", "minsize", "maxsize", "lspace", "rspace", "width", "linethickness", "columnalign",
    "rowalign", "columnspacing", "rowspacing", "columnlines", "rowlines", "frame", "framespacing",
    "notation", "symmetric", "bevelled",
}  # fmt: skip


class Inspector(HTMLParser):
    """Collects what has no business in a message."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.offences: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in PLAIN and not tag.startswith("m") and tag != "none":
            self.offences.append(tag)
        for name, value in attrs:
            if name not in INERT:
                self.offences.append(f"{tag} {name}")
            if name == "href" and not (allowed(value or "") or (value or "").startswith(("#fn-", "#fnref-"))):
                self.offences.append(f"{tag} {name}={value}")
        if tag in {"meta", "marquee", "map", "menu", "mark", "mglyph", "maction"}:
            self.offences.append(tag)

    def handle_comment(self, data: str) -> None:
        self.offences.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.offences.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.offences.append("instruction")


def offences(html: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.offences


def test_there_are_many_payloads() -> None:
    assert len(set(PAYLOADS)) >= 100


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_comes_out_inert(payload: str) -> None:
    assert offences(render(payload)) == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_inert_in_every_prefix(payload: str) -> None:
    blocks = OpenBlocks()
    for character in f"{payload}\n\nend\n":
        blocks.feed(character)
        blocks.settle()
        assert offences(blocks.html + render(blocks.rest)) == []


@pytest.mark.parametrize(
    "frame", ["- {}", "> {}", "# {}", "**{}**", "| {} |\n|-|\n| {} |", "[^1]\n\n[^1]: {}", "1. {}"]
)
def test_payloads_are_inert_in_every_position(frame: str) -> None:
    for payload in PAYLOADS:
        assert offences(render(frame.replace("{}", payload))) == []


@pytest.mark.parametrize("payload", [*RAW_HTML, *MATHEMATICS])
def test_the_last_step_alone_would_hold(payload: str) -> None:
    assert offences(sanitize(payload)) == []


def test_the_last_step_alone_keeps_links_out_of_this_site() -> None:
    assert "href" not in sanitize(
        '<a href="/accounts/logout/">x</a><a href="//evil.example">y</a><a href="?x">z</a>'
    )


def test_an_anchor_cannot_break_out() -> None:
    assert offences(render("a[^1]\n\n[^1]: b", anchor='"><img src onerror=alert(1)>')) == []


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, *PAYLOADS]) | st.text(max_size=8), max_size=8).map("".join))
def test_mixtures_are_inert(text: str) -> None:
    assert offences(render(text)) == []


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<", ">", '"', "'", "{", "}", "&", "\\text", "\\color", "\\href", "\\mathrm", "script", " on"]
        ),
        max_size=20,
    ).map("".join)
)
def test_formulas_are_inert(latex: str) -> None:
    assert offences(render(f"$${latex}$$")) == []
