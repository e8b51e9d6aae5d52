"""LaTeX → MathML, or the source as it was written when that fails."""

import re
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree
from xml.sax import saxutils

from conversations.rendering.math_syntax import LONGEST

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# latex2mathml recurses once for each level. The limit stands far below the interpreter's own, so that the
# result never depends on how deep the caller's stack happens to be.
DEEPEST = 40
_LEVELS = re.compile(r"\\\\|\\[{}]|[{}]|\\(?:left|right|begin|end)\b")
_RUN = re.compile(r"(?:\\[A-Za-z]+\s*|[\^_]\s*){40}")  # \sqrt\sqrt\sqrt…: a level each, without braces
_NUMBERED = re.compile(r"\\(begin|end)\{(align|gather|equation|alignat|flalign|eqnarray|multline)\}")
_UNWANTED = re.compile(r"\\(?:href|url|style|class|cssId|require|includegraphics)\b")

# In a formula of its own these are larger than what stands beside them: integrals, sums and products, unions…
_INTEGRALS = set(map(chr, range(0x222B, 0x2234)))
_OTHERS = set(map(chr, (0x2210, *range(0x22C0, 0x22C4), *range(0x2A00, 0x2A07))))
_LARGE = _INTEGRALS | _OTHERS | {"\u220f", "\u2211"}
# … and these have what belongs to them below and above. (The converter knows it of sums and products.)
_NAMED = {"lim", "max", "min", "sup", "inf", "lim sup", "lim inf", "det", "gcd", "Pr"}
_WITH_LIMITS = _NAMED | _OTHERS
_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}


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
    from latex2mathml.converter import convert_to_element  # 10 ms and 2 MB that most processes never need

    # The starred forms: equation numbers that nobody refers to are noise in a conversation.
    latex = _NUMBERED.sub(r"\\\1{\2*}", latex)
    try:
        formula = convert_to_element(latex, display="block" if display else "inline")
        if display:
            _enlarge(formula)
        # As the converter itself writes it: its characters are references already.
        return saxutils.unescape(ElementTree.tostring(formula, encoding="unicode"))
    except Exception:  # a converter for untrusted text: it raises whatever its tables run into
        return None


def _enlarge(formula: "Element") -> None:
    for element in formula.iter():
        if element.tag in {"mo", "mi"} and _sign(element) in _LARGE:
            element.tag = "mo"
            element.set("largeop", "true")
        elif element.tag in _LIMITS and len(element) and _sign(element[0]) in _WITH_LIMITS:
            element.tag = _LIMITS[element.tag]
            # In a fraction or an index they go back to its side.
            if _sign(element[0]) in _NAMED:
                element[0].set("movablelimits", "true")


def _sign(element: "Element") -> str:
    return " ".join(unescape(element.text or "").split())
