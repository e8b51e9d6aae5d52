"""A question, as it was typed or pasted, → one line that names the conversation."""

import re

_FENCE = re.compile(
    r"^[ \t]*(`{3,}|~{3,})[^\n]*\n?(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,2000}(?:\s+\"[^\"\n]{0,300}\")?\)")
_BLOCK_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?)+", re.MULTILINE)
_UNDERLINE = re.compile(r"^[ \t]*(?:=+|-{2,}|\*{3,}|_{3,})[ \t]*$", re.MULTILINE)
_STRONG = re.compile(r"(\*{1,3}|_{1,3}|~~|`{1,3})(?=\S)(.{1,500}?)(?<=\S)\1(?!\w)")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]")
# Controls (C0, C1), bidi controls, zero-width characters that only hide, tag characters, lone surrogates.
# Joiners stay: Persian and emoji need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_READ = 4_000  # characters: a title never depends on more of a pasted document


def plain_title(text: str, limit: int = 80) -> str:
    """At most `limit` characters on one line, without markup and hidden characters; "" if nothing is left."""
    text = _HIDDEN.sub("", _ESCAPES.sub("", text[:_READ].replace("\r", "\n")))
    prose = _folded(_without_marks(_FENCE.sub("\n", text)))
    return _cut(prose or _folded(_FENCE.sub(r"\2", text)), limit)


def plain_line(text: str) -> str:
    """What a person typed as a name: one line without hidden characters, its marks left as they are."""
    return _folded(_HIDDEN.sub("", _ESCAPES.sub("", text)))


def _without_marks(text: str) -> str:
    text = _BLOCK_MARK.sub("", _UNDERLINE.sub("", text))
    text = _LINK.sub(r"\1", text)
    for _ in range(2):  # strong around emphasis
        text = _STRONG.sub(_inner, text)
    return text


def _inner(match: re.Match[str]) -> str:
    """The text between the marks, unless they are part of a word (snake_case, 2*3*4, __init__)."""
    before = match.string[match.start() - 1 : match.start()]
    dunder = match[1] == "__" and match[2].isidentifier()
    return match[0] if dunder or before.isalnum() else match[2]


def _folded(text: str) -> str:
    return " ".join(text.split())


def _cut(line: str, limit: int) -> str:
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    if not line[limit - 1].isspace():
        words = head.rpartition(" ")[0]
        head = words if len(words) >= limit // 2 else head  # one endless word is cut inside
    return head.rstrip(" ,;:.\u2013\u2014-\u200d") + "…"
