"""Markdown → safe HTML, one top-level block at a time.

Each top-level block is rendered and sanitised by itself, so the HTML of a text is the HTML of its blocks in a
row. That is what makes a streamed answer, rendered block by block, equal to the whole rendered at once.
"""

from collections.abc import Iterator

from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType

from conversations.rendering.elements import directed
from conversations.rendering.parser import parser
from conversations.rendering.parts import in_parts
from conversations.rendering.sanitizer import sanitize

RENDERER_VERSION = 9  # raise it whenever the same text renders differently: caches keep it with their HTML
_BLOCKS_PARSED = 2  # steps of the parser, which are done then: one kind of line ending, and blocks


def render(markdown: str, *, anchor: str = "") -> str:
    """The whole text as safe HTML; the same text always gives the same HTML.

    `anchor` (letters, digits, hyphens) goes into the ids of footnotes, so that the messages of one page do
    not collide: give the message's id.
    """
    return "".join(_rendered(markdown, anchor))


def render_in_parts(markdown: str, *, anchor: str = "") -> str:
    """The same, as a page shows it that may be long."""
    return in_parts(_rendered(markdown, anchor))


def _rendered(markdown: str, anchor: str) -> list[str]:
    tokens, env = parse(markdown)
    return to_html(tokens, env, anchor=anchor)


def parse(markdown: str) -> tuple[list[Token], EnvType]:
    """Tokens of the whole text, and what it defines."""
    state = StateCore(unified(markdown), parser(), {})
    state.md.core.process(state)
    return state.tokens, state.env


def parse_text_in(tokens: list[Token]) -> EnvType:
    """Of blocks that define nothing and are parsed already: the texts in them."""
    md = parser()
    state = StateCore("", md, {})
    state.tokens = tokens
    for rule in md.core.ruler.getRules("")[_BLOCKS_PARSED:]:
        rule(state)
    return state.env


def unified(markdown: str) -> str:
    """The text with one kind of line ending."""
    return markdown.replace("\r\n", "\n").replace("\r", "\n") if "\r" in markdown else markdown


def to_html(tokens: list[Token], env: EnvType, *, anchor: str = "") -> list[str]:
    """Safe HTML of parsed blocks, each one element."""
    md = parser()
    env["anchor"] = anchor
    directed(tokens)
    return [sanitize(md.renderer.render(block, md.options, env)) for block in _blocks(tokens)]


def _blocks(tokens: list[Token]) -> Iterator[list[Token]]:
    depth = start = 0
    for index, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : index + 1]
            start = index + 1
    if start < len(tokens):
        yield tokens[start:]
