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
