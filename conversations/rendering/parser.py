"""The Markdown dialect: CommonMark, tables, task lists, footnotes, autolinks, mathematics; no HTML."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, fence
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_ref

from conversations.rendering.dispatch import ask_by_first_character
from conversations.rendering.elements import Elements
from conversations.rendering.links import allowed
from conversations.rendering.math_syntax import math_plugin

if TYPE_CHECKING:
    from linkify_it import LinkifyIt

DEEPEST = 60  # levels of tokens: thirty lists in one another
MOST_BRACKETS = 1_000  # opening ones in one paragraph
LONGEST_LABEL = 200  # characters of a footnote's label
PLAIN_ADDRESS = re.compile(r"https?://[a-z][a-z0-9]{0,30}(?:\.[a-z][a-z0-9]{0,30}){1,6}/[A-Za-z0-9._/-]*")


def complete_parser() -> MarkdownIt:
    """The dialect, as the library would parse it."""
    md = MarkdownIt("commonmark", {"html": False, "linkify": True}, renderer_cls=Elements)
    md.options["maxNesting"] = DEEPEST + 20
    md.enable(["table", "strikethrough", "linkify"])
    md.validateLink = allowed  # type: ignore[method-assign]
    _keep_plain_addresses(md)
    _only_whole_addresses(md.linkify)
    math_plugin(md)
    footnote_plugin(md, inline=False)
    md.renderer = Elements(md)  # again: the plugin has put its own elements in place of ours
    md.inline.ruler.at("footnote_ref", _footnote_ref)
    md.block.ruler.before("table", "too_deep", _too_deep)
    # What looks like a fence is one, even where a row of dashes follows: a line decides by itself (lines.py).
    md.block.ruler.before("table", "fence_first", fence)
    md.inline.ruler.before("link", "too_many_brackets", _too_many_brackets)
    md.core.ruler.after("inline", "task_boxes", _task_boxes)
    return md


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """The one parser; it keeps nothing between two texts."""
    md = complete_parser()
    ask_by_first_character(md)
    return md


def _keep_plain_addresses(md: MarkdownIt) -> None:
    """There is nothing to encode in most addresses, which only taking them to pieces would tell."""
    thorough = md.normalizeLink
    md.normalizeLink = lambda url: url if PLAIN_ADDRESS.fullmatch(url) else thorough(url)  # type: ignore[method-assign]


def _only_whole_addresses(linkify: "LinkifyIt | None") -> None:
    """`main.py` and `README.md` are not web addresses, although .py and .md are countries."""
    if linkify is None:
        return
    linkify.set({"fuzzy_link": False, "fuzzy_email": True})
    for schema in ("ftp:", "//"):
        linkify.add(schema, None)


def _too_deep(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Below the deepest level everything is one paragraph: the parser itself would drop the text."""
    if state.level < DEEPEST or silent:
        return False
    state.push("paragraph_open", "p", 1)
    token = state.push("inline", "", 0)
    token.content = ""
    token.children = [Token("text", "", 0, content=state.getLines(first, end, state.blkIndent, False))]
    state.push("paragraph_close", "p", -1)
    state.line = end
    return True


def _too_many_brackets(state: StateInline, silent: bool) -> bool:
    """In a paragraph with a thousand brackets they are text: to look for links there takes their square."""
    mark = "![" if state.src.startswith("![", state.pos) else "["
    if not state.src.startswith(mark, state.pos):
        return False
    counted, many = state.env.get("brackets", ("", False))
    if counted is not state.src:
        many = state.src.count("[") > MOST_BRACKETS
        state.env["brackets"] = (state.src, many)
    if many:
        state.pending += "" if silent else mark
        state.pos += len(mark)
    return bool(many)


def _footnote_ref(state: StateInline, silent: bool) -> bool:
    """The plugin's rule, but it looks for the end of a label in the next few characters only."""
    if not state.src.startswith("[^", state.pos):
        return False
    if state.src.find("]", state.pos, state.pos + LONGEST_LABEL) == -1:
        return False
    return footnote_ref(state, silent)


def _task_boxes(state: StateCore) -> None:
    tokens = state.tokens
    for index in range(2, len(tokens)):
        if tokens[index].type == "inline" and tokens[index - 2].type == "list_item_open":
            _task_box(tokens[index - 2], tokens[index])


def _task_box(item: Token, text: Token) -> None:
    mark = text.content[:4]
    if mark not in {"[ ] ", "[x] ", "[X] "} or not text.children or text.children[0].type != "text":
        return
    if not text.children[0].content.startswith(mark):
        return
    text.children[0].content = text.children[0].content[4:]
    text.children.insert(0, Token("task_box", "input", 0, meta={"checked": mark[1] != " "}))
    item.attrJoin("class", "task")
