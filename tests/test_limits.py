"""The limits that keep files and functions small enough to read at one go."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MODULE_LINES = 300
FUNCTION_LINES = 40
NESTING = 3
POSITIONAL_PARAMETERS = 4
TEST_FILE_LINES = 250
SCRIPT_LINES = 200
TEMPLATE_LINES = 120

BLOCKS = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(pattern: str, *, but: tuple[str, ...] = ("migrations", "vendor", "data", ".venv")) -> list[Path]:
    return sorted(path for path in ROOT.glob(pattern) if not set(path.relative_to(ROOT).parts) & set(but))


def product() -> list[Path]:
    return [*files("chatsite/**/*.py"), *files("conversations/**/*.py"), ROOT / "manage.py"]


def too_long(paths: list[Path], most: int) -> list[str]:
    lengths = {path: len(path.read_text().splitlines()) for path in paths}
    return [f"{path.relative_to(ROOT)}: {lines} lines" for path, lines in lengths.items() if lines > most]


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def functions(path: Path) -> list[Function]:
    return [node for node in ast.walk(parsed(path)) if isinstance(node, Function)]


def depth(node: ast.AST) -> int:
    """How deep blocks lie in one another. An `elif` is no deeper than its `if`."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        deepest = max(deepest, depth(child) + (isinstance(child, BLOCKS) and not is_elif))
    return deepest


def positional(function: Function) -> int:
    arguments = [*function.args.posonlyargs, *function.args.args]
    return len(arguments) - bool(arguments and arguments[0].arg in ("self", "cls"))


def offenders(measure: str, most: int) -> list[str]:
    measures = {
        "lines": lambda function: (function.end_lineno or function.lineno) - function.lineno + 1,
        "nesting": depth,
        "positional parameters": positional,
    }
    return [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {value} {measure}"
        for path in [*product(), *files("tests/**/*.py")]
        for function in functions(path)
        if (value := measures[measure](function)) > most
        # Tests ask for as many fixtures as they need.
        and not (measure == "positional parameters" and "tests" in path.parts)
    ]


def test_modules_are_one_idea_long() -> None:
    assert too_long(product(), MODULE_LINES) == []


def test_test_files_are_short() -> None:
    assert too_long(files("tests/**/*.py"), TEST_FILE_LINES) == []


def test_scripts_are_short() -> None:
    assert too_long(files("static/**/*.js"), SCRIPT_LINES) == []


def test_templates_are_short() -> None:
    assert too_long([*files("templates/**/*.html"), *files("conversations/**/*.html")], TEMPLATE_LINES) == []


@pytest.mark.parametrize(
    ("measure", "most"),
    [("lines", FUNCTION_LINES), ("nesting", NESTING), ("positional parameters", POSITIONAL_PARAMETERS)],
)
def test_functions_are_short_flat_and_plain(measure: str, most: int) -> None:
    assert offenders(measure, most) == []


def test_no_file_is_named_after_a_layer_that_everybody_appends_to() -> None:
    vague = {"utils.py", "util.py", "helpers.py", "helper.py", "services.py", "common.py", "misc.py"}
    assert [str(path.relative_to(ROOT)) for path in product() if path.name in vague] == []


def test_modules_say_their_idea() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in [*product(), *files("tests/**/*.py")]
        if path.read_text().strip() and not ast.get_docstring(parsed(path))
    ]
    assert silent == []
