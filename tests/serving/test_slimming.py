"""Scripts and styles lose what only people read, and nothing else."""

from pathlib import Path

import pytest
import tree_sitter_javascript
from django.conf import settings
from django.templatetags.static import static
from tree_sitter import Language, Node, Parser

from conversations.serving.slimming import slim_css, slim_js, slimmed
from tests.serving.test_files import ask

STATIC = settings.BASE_DIR / "static"
PARSER = Parser(Language(tree_sitter_javascript.language()))


def leaves(source: str) -> list[tuple[str, bytes | None]]:
    """What a program consists of, without comments and the space between."""
    tree = PARSER.parse(source.encode())
    assert not tree.root_node.has_error, source
    return list(_leaves(tree.root_node))


def _leaves(node: Node) -> list[tuple[str, bytes | None]]:
    if node.type == "comment":
        return []
    whole = node.type in {"string", "regex"} or not node.children
    return [(node.type, node.text)] if whole else [leaf for child in node.children for leaf in _leaves(child)]


@pytest.mark.parametrize("path", sorted(STATIC.glob("js/**/*.js")), ids=lambda path: path.stem)
def test_every_script_is_the_same_program(path: Path) -> None:
    source = path.read_text()
    slim = slim_js(source)
    assert leaves(slim) == leaves(source)
    assert len(slim) < len(source)
    assert slim_js(slim) == slim


@pytest.mark.parametrize(
    ("source", "slim"),
    [
        ("a = b / 2; // half\nc = /[/]\\/ /g.test(d) / 2;", "a=b / 2;c=/[/]\\/ /g.test(d)/ 2;"),
        ("return /  x/;", "return /  x/;"),
        ("f = (s) => /  y \\// . test(s)", "f=(s)=>/  y \\// . test(s)"),
        ("a = `x  ${ b ? `// ${ {c: 1}.c }` : '' }  // y` ; d", "a=`x  ${b?`// ${{c:1}.c}`:''}  // y`;d"),
        ("let a = 1 /* one */\n/* two\n */ let b = a + +a", "let a=1\nlet b=a + +a"),
        ("a\n++b\n(c)\n{\n  d\n}\n", "a\n++b\n(c)\n{d}"),
        ("'// no' + \"/* no */\" + '\\''", "'// no' + \"/* no */\" + '\\''"),
        ("class A { #x = 1; static  y = this?.z ?? 2 }", "class A{#x=1;static y=this?.z??2}"),
    ],
)  # fmt: skip
def test_marks_touch_and_lines_stay(source: str, slim: str) -> None:
    assert slim_js(source) == f"{slim}\n"


def test_a_text_that_never_ends_is_no_script() -> None:
    with pytest.raises(ValueError, match="not JavaScript"):
        slim_js("a = `half")


def test_styles_keep_what_a_space_means() -> None:
    source = """/* why */
    .a :is(b, c) > d:hover { margin: calc(1px + 2px) auto; /* x */ color: red; }
    @media (width < 40rem) and (hover: none) { .b::before { content: "/* a */  ; b"; } }
    """
    assert slim_css(source) == (
        ".a :is(b,c) > d:hover{margin:calc(1px + 2px) auto; color:red;}"
        '@media (width < 40rem) and (hover:none){.b::before{content:"/* a */  ; b";}}'
    )


def test_only_our_own_files_are_slimmed() -> None:
    assert slimmed("js/app.js") is slim_js
    assert slimmed("css/base.css") is slim_css
    assert [slimmed(name) for name in ("admin/js/core.js", "vendor/x/smd.min.js", "img/a.png")] == [None] * 3


async def test_what_is_served_is_slim_and_names_hashed_modules() -> None:
    _, _, body = await ask(static("js/app.js"))
    assert b"/*" not in body
    assert b'import"./elements/chat-connection.' in body
    assert b'import("./elements/history-list.' in body
    assert b'.js"' in body
    assert b'history-list.js"' not in body
