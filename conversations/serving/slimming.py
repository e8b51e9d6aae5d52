"""JavaScript and CSS without what only people read: comments, indentation, spaces around marks.

Names and statements stay as they were written, so that what a browser reports can be found in the source; a
statement still ends where it ended, for no line is joined to one that a semicolon might be missing between.
"""

import re
from collections.abc import Callable, Iterator

# What may touch its neighbours. Not `+`, `-` and `/`, which mean something else when they meet; not `*`.
_MARKS = frozenset("{}()[];,=:?<>&|!")
# After these a line goes on, whatever follows.
_GOES_ON = frozenset("{([;,")
_TOKEN = re.compile(
    r"""(?P<space>\s+ | //[^\n]* | /\*.*?\*/)
      | (?P<text>"(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*')
      | (?P<template>`(?:\\.|\$(?!{)|[^`\\$])*(?:`|\${))
      | (?P<word>[\w$\#]+)
      | (?P<mark>[^"'`])""",
    re.DOTALL | re.VERBOSE,
)
_TEMPLATE_GOES_ON = re.compile(r"(?:\\.|\$(?!{)|[^`\\$])*(?:`|\${)", re.DOTALL)
_PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/\w*")
# Words that are no value: a slash after them begins a pattern.
_BEFORE_PATTERN = frozenset(
    ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await", "yield"]
)
_CSS = re.compile(
    r""" "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | \s*([{};,]|/\*.*?\*/)\s* | (:)\s+ | \s+ """,
    re.DOTALL | re.VERBOSE,
)


def slimmed(name: str) -> Callable[[str], str] | None:
    """What makes the static file of this name smaller; only our own are."""
    if name.startswith("js/") and name.endswith(".js"):
        return slim_js
    return slim_css if name.startswith("css/") and name.endswith(".css") else None


def slim_css(source: str) -> str:
    """The same rules. A space before `:` stays: before a pseudo-class it is a combinator."""
    return _CSS.sub(_slim_css, source).strip()


def _slim_css(found: re.Match[str]) -> str:
    mark = found[1] or found[2]
    if mark is None:
        return found[0] if found[0][0] in "\"'" else " "
    return " " if mark.startswith("/*") else mark


def slim_js(source: str) -> str:
    """The same program."""
    pieces: list[str] = []
    gap = ""
    for kind, piece in _tokens(source):
        if kind == "space":
            breaks = "\n" in gap or ("\n" in piece and not piece.startswith("//"))
            gap = "\n" if breaks else " "
            continue
        if gap and pieces and _needed(gap, pieces[-1][-1], piece[0]):
            pieces.append(gap)
        pieces.append(piece)
        gap = ""
    return "".join(pieces) + "\n"


def _needed(gap: str, before: str, after: str) -> bool:
    if gap == "\n":
        return before not in _GOES_ON and after != "}"
    return before not in _MARKS and after not in _MARKS


def _tokens(source: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each token; a template is cut where its `${…}` begin and end."""
    at, last = 0, ""
    braces: list[int] = []  # how many are open in each template that is open
    while at < len(source):
        kind, piece = _next(source, at, last, inside=bool(braces) and braces[-1] == 0)
        at += len(piece)
        yield kind, piece
        if kind == "template":
            if piece[0] == "}":
                braces.pop()
            if piece.endswith("${"):
                braces.append(0)
        elif braces and kind == "mark":
            braces[-1] += {"{": 1, "}": -1}.get(piece, 0)
        last = last if kind == "space" else piece


def _next(source: str, at: int, last: str, *, inside: bool) -> tuple[str, str]:
    if inside and source[at] == "}":
        return "template", "}" + _must(_TEMPLATE_GOES_ON.match, source, at + 1)
    if source[at] == "/" and source[at + 1 : at + 2] not in {"/", "*"} and _begins_pattern(last):
        return "text", _must(_PATTERN.match, source, at)
    found = _TOKEN.match(source, at)
    kind = found.lastgroup if found else None
    if found is None or kind is None:
        raise ValueError(f"This is not JavaScript: {source[at : at + 40]!r}")
    return kind, found[0]


def _begins_pattern(last: str) -> bool:
    if last in _BEFORE_PATTERN:
        return True
    return not last or not (last[-1].isalnum() or last[-1] in "_$)]}\"'`/")


def _must(match: Callable[[str, int], re.Match[str] | None], source: str, at: int) -> str:
    found = match(source, at)
    if found is None:
        raise ValueError(f"This is not JavaScript: {source[at : at + 40]!r}")
    return found[0]
