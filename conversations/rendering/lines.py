"""Where a streamed text can be cut: reads it line by line and knows when the blocks before a line are done.

A cut is safe when no later text can change how the text before it is rendered. Outside lists that is easy:
an empty line ends every paragraph, heading, quote, table and formula, and a code fence ends where it is
closed. Lists, indented code and footnotes may go on after empty lines; there the scanner only proposes a
cut, before a line that looks as if it began something new, and the parser has the last word. Link
definitions, which act at a distance, are the business of `references.py`.
"""

import re
from enum import Enum

from conversations.rendering.math_syntax import ENDS_MATH, opens_block

_FENCE = re.compile(r" {0,3}(?:(`{3,})[^`]*|(~{3,}).*)\Z", re.DOTALL)
_RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}\Z")
_ITEM = re.compile(r" {0,3}(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]|\Z)")
# Lists, indented code (four columns or a tab) and footnotes: what an empty line does not end.
_LASTING = re.compile(r" {4}| {0,3}\t| {0,3}\[\^")


class Cut(Enum):
    """What a line means for the blocks around it."""

    NONE = "nothing ends here"
    BEFORE = "all before this line is finished"
    AFTER = "all up to the end of this line is finished"
    PERHAPS = "all before this line is finished, if the parser agrees"


class LineScanner:
    """Follows the top-level structure of a text that starts at a cut; fed every complete line once."""

    def __init__(self) -> None:
        self._empty = True  # nothing but empty lines since the last cut
        self._lasting = False  # a list or the like has begun since the last cut
        self._after_blank = False
        self._fence = ""  # the opening marker of the fence that is open
        self._math = ""  # the closing mark of the formula that is open

    @property
    def in_fence(self) -> bool:
        """Whether the next line is inside fenced code for certain."""
        return bool(self._fence)

    def read(self, line: str) -> Cut:
        """Takes the next line, without its newline."""
        if self._fence:
            return self._in_fence(line)
        if self._math and self._in_math(line):
            return Cut.NONE
        if not line.strip(" \t"):
            return self._blank()
        return self._lasting_line(line) if self._lasting else self._line(line)

    def _in_fence(self, line: str) -> Cut:
        bare = line.strip(" \t")
        indent = line[: len(line) - len(line.lstrip(" \t"))]
        marker = self._fence[0]
        if len(bare) < len(self._fence) or bare.strip(marker) or len(indent) > 3 or "\t" in indent:
            return Cut.NONE
        self._fence, self._empty = "", True
        return Cut.AFTER

    def _in_math(self, line: str) -> bool:
        """Whether the line belongs to the open formula."""
        closed = line.rstrip(" \t").endswith(self._math)
        if not closed and line.strip(" \t") and not ENDS_MATH.match(line):
            return True
        self._math = ""
        return closed

    def _blank(self) -> Cut:
        self._after_blank = True
        if self._empty or self._lasting:
            return Cut.NONE
        self._empty = True
        return Cut.AFTER

    def _line(self, line: str) -> Cut:
        """A line where nothing lasting is open."""
        if line[0].isalpha():
            self._empty = self._after_blank = False
            return Cut.NONE
        fence = _FENCE.match(line)
        if fence:
            cut = Cut.NONE if self._empty else Cut.BEFORE
            self._fence = fence[1] or fence[2]
            self._empty = False
            return cut
        self._empty = self._after_blank = False
        if _LASTING.match(line) or (_ITEM.match(line) and not _RULE.match(line)):
            self._lasting = True
        elif len(line) - len(line.lstrip(" ")) < 4:
            self._math = opens_block(line.lstrip(" ")) or ""
        return Cut.NONE

    def _lasting_line(self, line: str) -> Cut:
        """A line in or after a list: at the left edge it may end it."""
        after_blank, self._after_blank = self._after_blank, False
        if line[0] in " \t" or (_ITEM.match(line) and not _RULE.match(line)):
            return Cut.NONE
        return Cut.PERHAPS if after_blank or _FENCE.match(line) else Cut.NONE
