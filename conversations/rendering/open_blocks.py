"""An answer while it streams: finished blocks as HTML, each rendered once, and the text of those still open.

After each `settle()`, `html + render(rest) == render(everything fed)`, exactly, for every text and every
way to cut it into pieces. A definition that arrives late (`[1]: https://…`, a footnote) would change
finished blocks; then what mentions it is taken back into the open text, and from a definition on nothing is
finished any more: the end of the message renders it whole.
"""

import sys
from dataclasses import dataclass

from markdown_it.token import Token
from markdown_it.utils import EnvType

from conversations.rendering.document import parse, parse_text_in, render, to_html, unified
from conversations.rendering.lines import Cut, LineScanner
from conversations.rendering.parser import parser
from conversations.rendering.references import ANY, defined, mentioned, perhaps_defined

_MOST_TAKEN_BACK = 3  # after that many replacements only the end of the message brings the rest
_MOST_LOOKS = 8  # at a line that goes on and on and has many "]:" in it
_NOTHING: frozenset[str] = frozenset()
_NO_LIMIT = sys.maxsize


@dataclass(frozen=True, slots=True)
class Settled:
    """`html` goes after what settled before, or replaces all of it if `replace`; `rest` is still open.

    A page may ignore a replacement (and what follows it): it then shows finished blocks with a few references
    unresolved until the message is done, and nothing jumps.
    """

    html: str
    rest: str
    replace: bool


@dataclass(slots=True)
class _Block:
    """Text between two cuts: one or a few top-level blocks that are finished."""

    source: str
    parsed: list[Token] | None = None  # the texts in them not yet
    defines: frozenset[str] = _NOTHING
    html: list[str] | None = None
    mentions: frozenset[str] = _NOTHING


class OpenBlocks:
    """Fed the text of one message as it comes. The cost of all calls together is proportional to the text."""

    def __init__(self) -> None:
        self._scanner = LineScanner()
        self._blocks: list[_Block] = []
        self._settled = 0  # how many of the blocks the page has
        self._ceiling = _NO_LIMIT  # no block from this one on will settle any more
        self._changed = False  # since the last settle()
        # The open text
        self._lines: list[str] = []  # complete lines since the last cut, newlines included
        self._size = 0  # of these lines, in characters
        self._pieces: list[str] = []  # what has come of the line that is not complete yet
        self._last = ""  # the last character fed
        self._ask_again = 0  # size of the open lines at which the parser is asked again
        self._parsed: list[Token] | None = None  # the open lines, if the parser was asked and agreed
        # Definitions
        self._suspects: set[str] = set()  # what the complete open lines may define
        self._suspect_limit = _NO_LIMIT  # the first rendered block that mentions one of them
        self._line_suspects = _NOTHING  # what the incomplete line may define
        self._looks = 0  # how often the incomplete line was searched for definitions
        self._defined: set[str] = set()  # what finished blocks do define
        self._first_mention: dict[str, int] = {}  # label → the first rendered block that mentions it
        self._taken_back = 0

    @property
    def html(self) -> str:
        """All settled HTML so far."""
        return "".join(self.blocks)

    @property
    def blocks(self) -> list[str]:
        """The same, block by block."""
        return _html(self._blocks[: self._settled])

    @property
    def rest(self) -> str:
        """The text after what has settled, with every line ending as a newline."""
        waiting = [block.source for block in self._blocks[self._settled :]]
        return "".join((*waiting, *self._lines, *self._pieces))

    def whole(self, *, anchor: str = "") -> str:
        """`render(everything fed)`, for the cost of rendering what is still open."""
        self.settle()
        return self.html + render(self.rest, anchor=anchor)

    def feed(self, text: str) -> None:
        """Takes the next piece of text, of any length. Without a newline in it next to nothing happens."""
        if "\r" in text or self._last == "\r":
            text = self._unified(text)
        if not text:
            return
        ends_label = "]:" in text or (text[0] == ":" and self._last == "]")
        if self._last != "\r":
            self._last = text[-1]
        if "\n" in text:
            self._feed_lines(text)
        else:
            self._pieces.append(text)
            if ends_label:
                self._look()

    def settle(self) -> Settled | None:
        """The blocks that were finished since the last call, or None."""
        if not self._changed:
            return None
        self._changed = False
        before, limit = self._settled, self._limit()
        if limit < before:
            self._take_back(limit)
            return Settled(self.html, self.rest, replace=True)
        self._render_up_to(limit)
        if self._settled == before:
            return None
        return Settled("".join(_html(self._blocks[before : self._settled])), self.rest, replace=False)

    # Reading

    def _unified(self, text: str) -> str:
        """The piece with `\\r\\n` and `\\r` as one newline, wherever the text was cut."""
        if self._last == "\r" and text.startswith("\n"):
            text = text[1:]
            self._last = "\n"
        if text:
            self._last = "\r" if text[-1] == "\r" else ""
        return unified(text)

    def _feed_lines(self, text: str) -> None:
        first, *more = text.split("\n")
        self._pieces.append(first)
        for line in more:
            self._read("".join(self._pieces))
            self._pieces = [line]
        self._line_suspects, self._looks = _NOTHING, 0
        if "]:" in self._pieces[0]:
            self._look()

    def _read(self, line: str) -> None:
        suspects = perhaps_defined(line) if "]:" in line and not self._scanner.in_fence else _NOTHING
        cut = self._scanner.read(line)
        if cut is Cut.PERHAPS and self._agreed(line):
            self._scanner = LineScanner()
            self._scanner.read(line)
            cut = Cut.BEFORE
        if cut is Cut.BEFORE:
            self._cut()
        self._lines.append(f"{line}\n")
        self._size += len(line) + 1
        if suspects:
            self._suspects |= suspects
            self._suspect_limit = min(self._suspect_limit, self._first_mentioning(suspects))
            self._changed = True
        if cut is Cut.AFTER:
            self._cut()

    def _agreed(self, line: str) -> bool:
        """Whether for the parser, too, `line` begins a new block after the open lines."""
        if self._size < self._ask_again:
            return False
        tokens: list[Token] = []
        env: EnvType = {}
        text, md = f"{''.join(self._lines)}{line}\n", parser()
        md.block.parse(text, md, env, tokens)
        last = len(tokens) - 1
        while last >= 0 and (tokens[last].level or not tokens[last].map):
            last -= 1
        if last < 0 or (tokens[last].map or [0])[0] != len(self._lines):
            self._ask_again = 2 * self._size
            return False
        # Where something is defined, or a character would be replaced, the block is parsed by itself.
        self._parsed = tokens[:last] if not env and "\x00" not in text else None
        return True

    def _cut(self) -> None:
        """Everything in the open lines is finished."""
        block = _Block("".join(self._lines), self._parsed)
        self._parsed = None
        if self._suspects:
            block.defines = defined(parse(block.source)[1])
        self._blocks.append(block)
        self._lines, self._size, self._ask_again = [], 0, 0
        self._suspects, self._suspect_limit = set(), _NO_LIMIT
        self._changed = True
        if block.defines:
            self._defined |= block.defines
            first = min(len(self._blocks) - 1, self._first_mentioning(block.defines))
            self._ceiling = min(self._ceiling, first)

    def _look(self) -> None:
        """The incomplete line may be a definition."""
        if self._scanner.in_fence:
            return
        self._looks += 1
        line = "".join(self._pieces)
        self._pieces = [line]
        self._line_suspects = perhaps_defined(line) if self._looks <= _MOST_LOOKS else frozenset({ANY})
        self._changed = True

    # Settling

    def _limit(self) -> int:
        """How many blocks may be settled as far as is known without rendering more of them."""
        return min(
            len(self._blocks), self._ceiling, self._suspect_limit, self._first_mentioning(self._line_suspects)
        )

    def _first_mentioning(self, labels: frozenset[str]) -> int:
        """The first rendered block that mentions one of these labels."""
        if not labels:
            return _NO_LIMIT
        if ANY in labels:  # blocks are rendered in order, so the first entry names the first block
            return next(iter(self._first_mention.values()), _NO_LIMIT)
        return min((self._first_mention.get(label, _NO_LIMIT) for label in labels), default=_NO_LIMIT)

    def _take_back(self, limit: int) -> None:
        self._settled = limit
        self._taken_back += 1
        if self._taken_back >= _MOST_TAKEN_BACK:
            self._ceiling = min(self._ceiling, limit)

    def _render_up_to(self, limit: int) -> None:
        for index in range(self._settled, limit):
            block = self._blocks[index]
            if block.html is None:
                self._render(index, block)
            if block.mentions & self._defined:
                self._ceiling = min(self._ceiling, index)
                return
            if self._suspected(block.mentions):
                return
            self._settled += 1

    def _suspected(self, mentions: frozenset[str]) -> bool:
        """Whether the open text may define one of these labels."""
        if not mentions or not (self._suspects or self._line_suspects):
            return False
        return any(ANY in labels or mentions & labels for labels in (self._suspects, self._line_suspects))

    def _render(self, index: int, block: _Block) -> None:
        if block.parsed is not None:
            tokens, env = block.parsed, parse_text_in(block.parsed)
            block.parsed = None
        else:
            tokens, env = parse(block.source)
        block.html = to_html(tokens, env)
        block.mentions = mentioned(tokens) if "[" in block.source else _NOTHING
        for label in block.mentions:
            self._first_mention.setdefault(label, index)


def _html(blocks: list[_Block]) -> list[str]:
    return [html for block in blocks for html in block.html or ()]
