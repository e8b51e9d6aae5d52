"""Each of the parser's rules asked only where it may apply, which its first character tells.

The parser asks every rule at every line and at every mark in a line; nearly all refuse at the first
character. What is left out here would have refused, so the result is the same.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore, normalize
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

if TYPE_CHECKING:
    from linkify_it import LinkifyIt

T = TypeVar("T")
Rule = Callable[[StateBlock, int, int, bool], bool]
Rules = tuple[Callable[..., bool], ...]

# By its name, what a rule begins with; the others may begin with anything.
_BLOCKS = {
    "fence": "`~",
    "fence_first": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*+-0123456789",
    "footnote_def": "[",
    "reference": "[",
    "html_block": "<",
    "heading": "#",
    "math_block": "$\\",
}
_MARKS = {
    "linkify": ":",
    "newline": "\n",
    "math_inline": "$\\",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "too_many_brackets": "![",
    "footnote_ref": "[",
    "link": "[",
    "image": "!",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
}
# No rule begins with it, but the end of a link's text is looked for there.
_STOPS = "]"


def ask_by_first_character(md: MarkdownIt) -> None:
    """The last step of setting up a parser: a rule that is added later is not asked."""
    blocks, marks = md.block.ruler, md.inline.ruler
    chains = {"", *(chain for rule in blocks.__rules__ for chain in rule.alt)}
    starts, second = _by_function(md, _BLOCKS), _by_function(md, _BY_SECOND_LINE)
    blocks.__cache__ = {
        chain: [_block_rule(_table(blocks.getRules(chain), starts, second))] for chain in chains
    }
    text, *others = marks.getRules("")
    marked = {rule.fn: _MARKS[rule.name] for rule in marks.__rules__ if rule.enabled and rule.fn is not text}
    table, _ = _table(others, marked, {})
    marks.__cache__ = {"": [_inline_rule({**table, _STOPS: ()}, text)]}
    md.inline.terminator_re = re.compile(f"[{re.escape(''.join(table) + _STOPS)}]")
    md.inline.parse = _quick_text(md.inline)  # type: ignore[method-assign,assignment]
    md.core.ruler.at("normalize", _quick_normalize)
    if md.linkify is not None:
        _look_for_addresses_seldom(md.linkify)


def _quick_text(inline: ParserInline) -> Callable[[str, MarkdownIt, EnvType, list[Token]], list[Token]]:
    """A text in which no rule begins is one token."""
    thorough, stops = inline.parse, inline.terminator_re.search

    def parse(src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        if stops(src):
            return thorough(src, md, env, tokens)
        if src:
            tokens.append(Token("text", "", 0, content=src))
        return tokens

    return parse


def _quick_normalize(state: StateCore) -> None:
    if "\r" in state.src or "\0" in state.src:
        normalize(state)


def _look_for_addresses_seldom(linkify: "LinkifyIt") -> None:
    """Only addresses of the web, with their scheme, and of mail are looked for (see parser.py)."""
    test = linkify.test
    linkify.pretest = lambda text: "://" in text or "@" in text
    linkify.test = lambda text: ("://" in text or "@" in text) and test(text)


def _quick_table(table: Rule) -> Rule:
    """The second line of a table begins like its rule."""

    def ask(state: StateBlock, first: int, end: int, silent: bool) -> bool:
        if first + 2 > end:
            return False
        at = state.bMarks[first + 1] + state.tShift[first + 1]
        return state.src[at : at + 1] in "|-:" and table(state, first, end, silent)

    return ask


def _quick_underlined(lheading: Rule) -> Rule:
    """A heading that is underlined has a second line; what the rule leaves behind is left here, too."""

    def ask(state: StateBlock, first: int, end: int, silent: bool) -> bool:
        if first + 1 < end and not state.isEmpty(first + 1):
            return lheading(state, first, end, silent)
        if not state.is_code_block(first):
            state.parentType = "paragraph"
        return False

    return ask


# What the second line tells, of rules that begin with anything.
_BY_SECOND_LINE = {"table": _quick_table, "lheading": _quick_underlined}


def _by_function(md: MarkdownIt, starts: Mapping[str, T]) -> dict[Callable[..., bool], T]:
    return {rule.fn: starts[rule.name] for rule in md.block.ruler.__rules__ if rule.name in starts}


def _table(
    rules: Iterable[Callable[..., bool]],
    starts: Mapping[Callable[..., bool], str],
    quick: Mapping[Callable[..., bool], Callable[[Rule], Rule]],
) -> tuple[dict[str, Rules], Rules]:
    """For each first character the rules to ask, in their order; and those for every other character."""
    rules = list(rules)
    characters = {character for rule in rules for character in starts.get(rule, "")}
    chosen = {
        character: [rule for rule in rules if character in starts.get(rule, character)]
        for character in characters
    }
    others = [rule for rule in rules if rule not in starts]

    def quickened(rules: Iterable[Callable[..., bool]]) -> Rules:
        return tuple(quick[rule](rule) if rule in quick else rule for rule in rules)

    return {character: quickened(rules) for character, rules in chosen.items()}, quickened(others)


def _block_rule(table: tuple[dict[str, Rules], Rules]) -> Callable[[StateBlock, int, int, bool], bool]:
    chosen, others = table

    def ask(state: StateBlock, first: int, end: int, silent: bool) -> bool:
        at = state.bMarks[first] + state.tShift[first]
        for rule in chosen.get(state.src[at : at + 1], others):  # noqa: SIM110 (`any` costs as much as a rule)
            if rule(state, first, end, silent):
                return True
        return False

    return ask


def _inline_rule(chosen: dict[str, Rules], text: Callable[..., bool]) -> Callable[[Any, bool], bool]:
    def ask(state: StateInline, silent: bool) -> bool:
        rules = chosen.get(state.src[state.pos])
        if rules is None:
            return text(state, silent)
        for rule in rules:  # noqa: SIM110 (the same)
            if rule(state, silent):
                return True
        return False

    return ask
