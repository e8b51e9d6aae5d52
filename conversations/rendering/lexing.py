"""Pygments' rules asked only where they may match, which the next character tells.

A lexer asks the rules of its state, some fifty regular expressions, one after the other at every word. A rule
that is left out here would have refused, so the result is the same.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from conversations.rendering.beginnings import CHARACTERS, beginnings

if TYPE_CHECKING:
    from pygments.lexer import Lexer

# As Pygments keeps them: what matches, what it means, and which state follows.
Rule: TypeAlias = tuple[Callable[[str, int], Any], Any, Any]
Part: TypeAlias = tuple[int, Any, str]

# Words in one state after which it pays to read its expressions: that takes 10 ms for the richest.
OFTEN = 1_000


class _Rules(dict[str, Sequence[Rule]]):
    """Those of one state, by the character that comes next; all of them as long as nothing is known."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        super().__init__()
        self._rules = rules
        self._asked = 0
        self._beginnings: list[frozenset[str]] = []

    def __missing__(self, character: str) -> Sequence[Rule]:
        self._asked += 1
        if self._asked < OFTEN or character not in CHARACTERS:
            return self._rules
        if not self._beginnings:
            self._beginnings = [_beginnings_of(rule) for rule in self._rules]
        chosen = [
            rule for rule, first in zip(self._rules, self._beginnings, strict=True) if character in first
        ]
        return self.setdefault(character, chosen)


class _States(dict[str, _Rules]):
    def __init__(self, tokens: dict[str, Sequence[Rule]]) -> None:
        super().__init__()
        self._tokens = tokens

    def __missing__(self, state: str) -> _Rules:
        return self.setdefault(state, _Rules(self._tokens[state]))


def _beginnings_of(rule: Rule) -> frozenset[str]:
    """A rule is the bound method of an expression, unless a lexer has its own idea of one."""
    expression = getattr(rule[0], "__self__", None)
    return beginnings(expression) if isinstance(expression, re.Pattern) else CHARACTERS


def quicken(lexer: "Lexer") -> None:
    """Has the lexer work as described above; one that goes its own ways is left as it is."""
    from pygments.lexer import RegexLexer

    if type(lexer).get_tokens_unprocessed is not RegexLexer.get_tokens_unprocessed:
        return
    states = _States(lexer._tokens)  # type: ignore[attr-defined]

    def unprocessed(text: str, stack: Sequence[str] = ("root",)) -> Iterator[Part]:
        return _walk(lexer, states, text, list(stack))

    lexer.get_tokens_unprocessed = unprocessed  # type: ignore[method-assign]


def _walk(lexer: "Lexer", states: _States, text: str, stack: list[str]) -> Iterator[Part]:
    """`RegexLexer.get_tokens_unprocessed`, step by step."""
    from pygments.token import Error, Whitespace, _TokenType

    at = 0
    rules = states[stack[-1]]
    while True:
        for rule in rules[text[at : at + 1]]:
            found = rule[0](text, at)
            if found:
                break
        else:
            if at == len(text):
                return
            ends = text[at] == "\n"
            yield at, (Error, Whitespace)[ends], text[at]
            stack = ["root"] if ends else stack
            rules = states[stack[-1]]
            at += 1
            continue
        _, action, following = rule
        if type(action) is _TokenType:
            yield at, action, found[0]
        elif action is not None:
            yield from action(lexer, found)
        at = found.end()
        if following is not None:
            _follow(stack, following)
            rules = states[stack[-1]]


def _follow(stack: list[str], following: Any) -> None:
    """What a rule says about the states: how many to leave (-1, -2…), which to enter, or the last again."""
    if isinstance(following, int):
        del stack[max(1, len(stack) + following) :]
        return
    for state in (following,) if isinstance(following, str) else following:
        if state == "#pop":
            del stack[max(1, len(stack) - 1) :]
        else:
            stack.append(stack[-1] if state == "#push" else state)
