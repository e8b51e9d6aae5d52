"""LaTeX → MathML, or the source as it was written when that fails."""

import re
from functools import lru_cache
from html import escape

from conversations.rendering.math_syntax import LONGEST

# latex2mathml recurses once for each level. The limit stands far below the interpreter's own, so that the
# result never depends on how deep the caller's stack happens to be.
DEEPEST = 40
_LEVELS = re.compile(r"\\\\|\\[{}]|[{}]|\\(?:left|right|begin|end)\b")
_RUN = re.compile(r"(?:\\[A-Za-z]+\s*|[\^_]\s*){40}")  # \sqrt\sqrt\sqrt…: a level each, without braces
_NUMBERED = re.compile(r"\\(begin|end)\{(align|gather|equation|alignat|flalign|eqnarray|multline)\}")
_UNWANTED = re.compile(r"\\(?:href|url|style|class|cssId|require|includegraphics)\b")


@lru_cache(maxsize=512)
def to_mathml(latex: str, *, display: bool) -> str:
    """`<math>` markup (not yet sanitised), or the escaped source in a code element."""
    latex = latex.strip()
    markup = None if _too_much(latex) else _convert(latex, display=display)
    return markup or f'<code class="math__source" dir="ltr">{escape(latex)}</code>'


def _too_much(latex: str) -> bool:
    return (
        len(latex) > LONGEST
        or bool(_UNWANTED.search(latex))
        or bool(_RUN.search(latex))
        or _depth(latex) > DEEPEST
    )


def _depth(latex: str) -> int:
    depth = deepest = 0
    for match in _LEVELS.finditer(latex):
        if match[0] in {"{", "\\left", "\\begin"}:
            depth += 1
            deepest = max(deepest, depth)
        elif match[0] in {"}", "\\right", "\\end"}:
            depth -= 1
    return deepest


def _convert(latex: str, *, display: bool) -> str | None:
    from latex2mathml.converter import convert  # 10 ms and 2 MB that most processes never need

    # The starred forms: equation numbers that nobody refers to are noise in a conversation.
    latex = _NUMBERED.sub(r"\\\1{\2*}", latex)
    try:
        return str(convert(latex, display="block" if display else "inline"))
    except Exception:  # a converter for untrusted text: it raises whatever its tables run into
        return None
