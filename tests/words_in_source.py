"""The texts in our Python that people may read: those marked for the catalogues, and those that are not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext", "ngettext_lazy"}
# A sentence: it begins with a capital letter, has several words, and ends.
_SENTENCE = re.compile(r"[A-Z“{][^\n]* [^\n]*[.!?…]")
# Sentences for programmers and for the console.
_ELSEWHERE = {
    "PermissionDenied",
    "debug",
    "info",
    "warning",
    "error",
    "exception",
    "critical",
    "log",
    "write",
    "compile",
}


def modules() -> Iterator[Path]:
    for path in sorted(ROOT.glob("conversations/**/*.py")):
        if "migrations" not in path.parts:
            yield path


def marked(tree: ast.AST) -> Iterator[str]:
    """What is given to gettext and its like as it stands in the source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in MARKS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def sentences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of sentences that nothing marks."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.Call) and _name(child.func) in MARKS | _ELSEWHERE:
            continue
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        text = _text(child)
        if text and _SENTENCE.fullmatch(text):
            yield child.lineno, text  # type: ignore[attr-defined]
        elif not isinstance(child, ast.JoinedStr):
            yield from sentences(child)


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return "".join(str(part) for part in parts)
    return ""


def _name(function: ast.AST) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
