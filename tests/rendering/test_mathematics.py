"""LaTeX becomes MathML, or stays what it was."""

import pytest

from conversations.rendering import render

FORMULAS = [
    "$x^2$",
    r"\(x\)",
    "a $$x$$ b",
    r"a \[x\] b",
    "$$\nx\n$$",
    "\\[\nx\n\\]",
    "$$x$$",
    "text\n$$\nx\n$$\ntext",
]
NO_FORMULAS = [
    "$5 and $6",
    "US$5, A$6",
    "$ x $",
    "$HOME and $PATH",
    r"\$x\$",
    "$$",
    "$$\n\nx",
    r"\(x",
    "`$x$`",
    "$$$",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas(text: str) -> None:
    assert "<math" in render(text)


@pytest.mark.parametrize("text", NO_FORMULAS)
def test_prices_and_variables_are_text(text: str) -> None:
    assert "math" not in render(text)


def test_a_block_takes_lines_that_look_like_lists_and_headings() -> None:
    html = render("$$\na\n=\n- b\n+ c\n$$")
    assert html.count("<math") == 1
    assert "<li" not in html
    assert "<h" not in html


def test_an_unclosed_block_does_not_swallow_what_follows() -> None:
    html = render("$$ was the variable\n```sh\nls\n```\n\n- list")
    assert '<div class="code">' in html
    assert "<li" in html


@pytest.mark.parametrize(
    "latex", [r"\frac{", r"\left(", r"\href{javascript:alert(1)}{x}", "{" * 60 + "}" * 60]
)
def test_what_cannot_be_converted_is_shown_as_source(latex: str) -> None:
    assert '<code class="math__source" dir="ltr">' in render(f"$${latex}$$")


def test_equations_carry_no_numbers() -> None:
    assert "(1)" not in render("$$\\begin{align} a &= b \\end{align}$$")


@pytest.mark.parametrize(
    ("latex", "markup"),
    [
        (r"\int_0^1 x", '<msubsup><mo largeop="true">\u222b</mo>'),
        (r"\bigoplus_i x", '<munder><mo largeop="true">\u2a01</mo>'),
        (r"\lim_{x} f", '<munder><mo movablelimits="true">lim</mo>'),
        (r"\limsup_x f", '<munder><mo movablelimits="true">lim sup</mo>'),
    ],
)
def test_a_formula_of_its_own_has_large_signs_with_their_limits_below(latex: str, markup: str) -> None:
    assert markup in render(f"$${latex}$$").replace("\u2006", " ")
    assert "largeop" not in render(f"${latex}$")
    assert "<munder>" not in render(f"${latex}$")
