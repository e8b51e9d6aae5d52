"""Source code → escaped HTML with Pygments' classes; unknown, huge or hostile code stays plain.

Characters that change what the eye sees without being seen (bidi controls, tag characters) become visible
marks, so that the code which is read is the code that is copied (CVE-2021-42574, "Trojan Source").
"""

import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from conversations.rendering.lexing import quicken

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

LARGEST = 16_000  # characters; above it highlighting costs more than it helps
LONGEST_LINE = 500  # minified code: nobody reads it, and many lexers take the square of a line
_GAP = re.compile(r"[ \t]{120}|\n(?:[ \t]*\n){12}")  # likewise of white space

_HIDDEN = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
_NAME = re.compile(r"[A-Za-z0-9_+#.\-]{1,30}")
_PLAIN = {"", "text", "txt", "plain", "plaintext", "output", "none"}
_LOOKS_FOR_METHODS = {"csharp", "groovy", "java"}
_WORDS = re.compile(r"[\w\s.,<>?@\[\]]+")
# Languages by Pygments' first alias. The others (some 400) stay plain: among them are lexers that take
# minutes for eight thousand hostile characters.
HIGHLIGHTED = frozenset({
    "ada", "apacheconf", "awk", "bash", "batch", "c", "clojure", "cmake", "common-lisp", "console", "cpp",
    "csharp", "css", "cuda", "d", "dart", "delphi", "diff", "django", "docker", "elixir", "elm",
    "emacs-lisp", "erlang", "fennel", "fish", "fortran", "fsharp", "gdscript", "gherkin", "glsl", "go",
    "graphql", "groovy", "haml", "haskell", "haxe", "html", "html+django", "http", "ini", "java",
    "javascript", "json", "json5", "jsonnet", "julia", "kotlin", "less", "llvm", "lua", "make", "markdown",
    "matlab", "meson", "mysql", "nasm", "nginx", "nimrod", "nixos", "objective-c", "ocaml", "octave",
    "perl", "php", "plpgsql", "postgresql", "powershell", "prolog", "properties", "protobuf", "puppet",
    "pycon", "pytb", "python", "racket", "rego", "ruby", "rust", "sass", "scala", "scheme", "scss",
    "solidity", "sparql", "splus", "sql", "sqlite3", "swift", "systemverilog", "tcl", "terraform", "tex",
    "toml", "tsx", "turtle", "twig", "typescript", "vala", "vb.net", "verilog", "vhdl", "vim", "vue",
    "wast", "xml", "yaml", "zig",
})  # fmt: skip
# Pygments' classes that code.css knows: an element that looks like the text around it only costs.
STYLED = frozenset({
    "c", "ch", "cm", "cp", "cpf", "c1", "cs", "gc", "k", "kd", "kn", "kp", "kr", "kt", "ow", "o",
    "gp", "nc", "nf", "fm", "nd", "ne", "nn", "s", "sa", "sb", "sc", "dl", "sd", "s2", "sh", "si",
    "sx", "sr", "s1", "ss", "se", "m", "mb", "mf", "mh", "mi", "mo", "il", "kc", "l", "ld", "no",
    "nb", "bp", "na", "nv", "vc", "vg", "vi", "vm", "ni", "nl", "nt", "py", "err", "go", "gi", "gd",
    "gr", "gh", "gu", "gs", "ge",
})  # fmt: skip


def language_of(info: str) -> str:
    """The language named by a fence's info string ("```python title=x" → "python"), or ""."""
    match = _NAME.match(info.strip().removeprefix("{").lstrip("."))
    return match[0] if match else ""


def label_of(language: str) -> str:
    """What to call a language above its code: Pygments' own name, or the word as it was written."""
    return "Text" if language.lower() in _PLAIN else _known(language)[1] or language


def highlight(code: str, language: str) -> str:
    """HTML of the code: text in `<span class="…">`, everything escaped."""
    alias = _known(language)[0]
    if alias not in HIGHLIGHTED or _too_much(code) or _strays(alias, code):
        return mark_hidden(escape(code))
    return mark_hidden(_format(_lexer(alias), code))


def mark_hidden(html: str) -> str:
    """The same HTML text with every hidden control character as a visible mark."""
    return _HIDDEN.sub(_mark, html) if not html.isascii() else html


def _mark(match: re.Match[str]) -> str:
    return f'<span class="code__mark" title="hidden character">U+{ord(match[0]):04X}</span>'


def _too_much(code: str) -> bool:
    if len(code) > LARGEST or _GAP.search(code):
        return True
    return any(len(line) > LONGEST_LINE for line in code.split("\n"))


def _strays(alias: str, code: str) -> bool:
    """Whether the lexer would look for the name of a method through page after page of words."""
    return alias in _LOOKS_FOR_METHODS and any(len(words) > 800 for words in _WORDS.findall(code))


def _known(language: str) -> tuple[str, str]:
    """Pygments' first alias and name of a language; two empty texts if it knows none."""
    return ("", "") if language.lower() in _PLAIN else _names().get(language.lower(), ("", ""))


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, str]]:
    """Any alias → first alias and name, Pygments' own only: looking for plugins costs 20 ms each time."""
    from pygments.lexers import get_all_lexers

    found: dict[str, tuple[str, str]] = {}
    for name, aliases, _, _ in get_all_lexers(plugins=False):
        for alias in aliases:
            found.setdefault(alias.lower(), (aliases[0], name))
    return found


@lru_cache(maxsize=64)
def _lexer(alias: str) -> "Lexer":
    from pygments.lexers import get_lexer_by_name

    lexer = get_lexer_by_name(alias, stripnl=False, ensurenl=False)
    quicken(lexer)
    return lexer


def _format(lexer: "Lexer", code: str) -> str:
    pieces: list[str] = []
    last, run = "", ""
    for kind, value in lexer.get_tokens(code):
        name = _class_of(kind)
        if name != last:
            pieces.append(_span(last, run))
            last, run = name, ""
        run += value
    pieces.append(_span(last, run))
    return "".join(pieces)


@lru_cache(maxsize=1000)
def _class_of(kind: "_TokenType") -> str:
    """That of the nearest standard kind above one that a lexer made up; "" if it looks like any text."""
    from pygments.token import STANDARD_TYPES

    nearest: _TokenType | None = kind
    while nearest is not None and nearest not in STANDARD_TYPES:
        nearest = nearest.parent
    name = STANDARD_TYPES[nearest] if nearest is not None else ""
    return name if name in STYLED else ""


def _span(name: str, text: str) -> str:
    return f'<span class="{name}">{escape(text)}</span>' if name and text else escape(text)
