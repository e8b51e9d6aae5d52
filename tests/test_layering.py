"""An import points down the list of rooms, never up; the pure rooms know neither Django nor the network."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the top down. A module of `conversations` that no room names belongs to "what the app does".
EDGES = {
    "accounts", "admin", "apps", "checks", "consumers", "forms", "management", "routing", "signin",
    "templatetags", "urls", "views",
}  # fmt: skip
PURE = {"frames", "parameters", "prompts", "rendering", "sentences", "upstream"}
ROOMS = ["chatsite", "the edges", "what the app does", "models", "the pure rooms"]


def room(module: str) -> str | None:
    """The room of a dotted name; None if it is not ours."""
    top, _, rest = module.partition(".")
    if top == "chatsite":
        return "chatsite"
    if top != "conversations" or not rest:
        return None
    name = rest.partition(".")[0]
    if name in EDGES:
        return "the edges"
    if name == "models":
        return "models"
    return "the pure rooms" if name in PURE else "what the app does"


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> list[Path]:
    found = [*ROOT.glob("chatsite/**/*.py"), *ROOT.glob("conversations/**/*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


@cache
def imports(path: Path) -> list[tuple[int, str]]:
    """Line and dotted name of everything that a module imports, wherever the import stands.

    What only a type checker sees costs nothing at run time and is left out.
    """
    found: list[tuple[int, str]] = []
    for node in without_type_checking(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: say where it is imported from"
            found += ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
    return found


def without_type_checking(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING":
            continue
        yield from without_type_checking(child)


def imports_of(name: str, outside: set[str]) -> list[str]:
    """Where `name` is imported by a module that is not among `outside`."""
    return [
        f"{dotted(path)}:{line}"
        for path in modules()
        if not any(dotted(path) == free or dotted(path).startswith(free + ".") for free in outside)
        for line, imported in imports(path)
        if imported == name or imported.startswith(name + ".")
    ]


def test_an_import_never_points_up() -> None:
    wrong = []
    for path in modules():
        own = room(dotted(path))
        for line, imported in imports(path):
            other = room(imported)
            if own and other and ROOMS.index(other) < ROOMS.index(own):
                wrong.append(f"{dotted(path)}:{line} ({own}) imports {imported} ({other})")
    assert wrong == []


@pytest.mark.parametrize("framework", ["django", "channels", "asgiref", "daphne", "twisted", "allauth"])
def test_the_pure_rooms_know_no_framework(framework: str) -> None:
    pure = {f"conversations.{name}" for name in PURE}
    found = [place for place in imports_of(framework, outside=set()) if room(place.split(":")[0])]
    assert [place for place in found if any(place.startswith(name) for name in pure)] == []


def test_only_the_client_speaks_http() -> None:
    assert imports_of("httpx", outside={"conversations.upstream.client"}) == []
    assert imports_of("httpx_aiohttp", outside={"conversations.upstream.client"}) == []


def test_only_the_doorbell_uses_the_channel_layer() -> None:
    assert imports_of("channels.layers", outside={"conversations.doorbell"}) == []


def test_only_the_server_knows_daphne() -> None:
    serving = {f"conversations.serving.{name}" for name in ("bodies", "prompt_socket", "web")}
    assert imports_of("daphne", outside=serving) == []
    assert imports_of("twisted", outside=serving) == []


def test_the_models_process_imports_nothing_of_ours() -> None:
    """It is a file that another Python runs: an import of ours would bring Django into it."""
    child = ROOT / "conversations/localmodel/llama.py"
    assert [name for _, name in imports(child) if room(name) or name.startswith("django")] == []
