r"""Where LaTeX begins and ends: `$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` also as blocks.

A block of mathematics is decided by its first line and ends, like a paragraph, at the next empty line at
the latest: text that arrives later never changes what stands before that line. This is what lets a running
answer be rendered block by block (see `lines.py`, which follows the same rules).
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

CLOSING = {"$$": "$$", "\\[": "\\]", "\\(": "\\)"}
LONGEST = 4_000  # characters of one formula; longer ones are shown as they are

# These lines end a block that was never closed, so that one stray `$$` does not swallow the code below it.
ENDS_MATH = re.compile(r"[ \t]*(?:```|~~~|#{1,6}(?:[ \t]|\Z))")
# Pandoc's rule, which spares prices: no space inside the dollars, no digit after the closing one.
_DOLLARS = re.compile(r"\$(?![\s$])((?:[^$\\]|\\[\s\S]){1,4000})(?<!\s)\$(?![\d$])")


def opens_block(line: str) -> str | None:
    """The closing mark, if this line (without its indent) begins a block of mathematics that goes on."""
    closing = _block_closing(line)
    return closing if closing and closing not in line[2:] else None


def _block_closing(line: str) -> str | None:
    closing = CLOSING.get(line[:2])
    if closing is None or closing == "\\)" or line.startswith("$$$"):
        return None
    body = line[2:].rstrip(" \t")
    where = body.find(closing)
    if where == -1:
        return closing
    whole = where == len(body) - 2 and body[:where].strip()
    return closing if whole else None


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _block_end(state: StateBlock, first: int, end: int, closing: str) -> tuple[int, bool]:
    """The line after the block, and whether its closing mark was found."""
    text = _line(state, first)
    if text[2:].rstrip(" \t").endswith(closing):
        return first + 1, True
    for line in range(first + 1, end):
        text = _line(state, line)
        if state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return line, False
        if text.rstrip(" \t").endswith(closing):
            return line + 1, True
        if ENDS_MATH.match(text):
            return line, False
    return end, False


def _math_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    if state.is_code_block(first):
        return False
    closing = _block_closing(_line(state, first))
    if closing is None:
        return False
    if silent:
        return True
    after, closed = _block_end(state, first, end, closing)
    text = state.getLines(first, after, state.blkIndent, False).strip()
    state.line = after
    if closed:
        token = state.push("math_block", "math", 0)
        token.block = True
        token.content = text[2:-2]
        token.markup = text[:2]
        token.map = [first, after]
    else:
        _paragraph(state, [first, after], text)
    return True


def _paragraph(state: StateBlock, lines: list[int], text: str) -> None:
    state.push("paragraph_open", "p", 1).map = lines
    token = state.push("inline", "", 0)
    token.content = text
    token.map = lines
    token.children = []
    state.push("paragraph_close", "p", -1)


def _math_inline(state: StateInline, silent: bool) -> bool:
    found = _inline_content(state.src, state.pos, state.posMax)
    if found is None:
        return False
    markup, content, end = found
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = content
        token.markup = markup
    state.pos = end
    return True


def _inline_content(text: str, start: int, limit: int) -> tuple[str, str, int] | None:
    """Opening mark, formula and the position after it, if a formula starts here."""
    markup = text[start : start + 2]
    closing = CLOSING.get(markup)
    if closing is not None:
        end = text.find(closing, start + 2, min(limit, start + 2 + LONGEST))
        content = text[start + 2 : max(end, 0)]
        return (markup, content, end + 2) if content.strip() else None
    if markup[:1] != "$" or (start > 0 and (text[start - 1].isalnum() or text[start - 1] == "$")):
        return None
    match = _DOLLARS.match(text, start, limit)
    return ("$", match[1], match.end()) if match else None


def math_plugin(md: MarkdownIt) -> None:
    """Teaches a parser the two rules."""
    interrupts = ["paragraph", "reference", "blockquote", "list", "footnote_def"]
    md.block.ruler.before("table", "math_block", _math_block, {"alt": interrupts})
    md.inline.ruler.before("escape", "math_inline", _math_inline)
